namespace Ledger.Rules.Authority;

/// <summary>What an actor can be to the thing that an operation is about.</summary>
[Flags]
public enum Relations
{
    /// <summary>Nothing to it.</summary>
    None = 0,

    /// <summary>The DID that the operation creates: its document's own keys sign.</summary>
    NewDid = 1,

    /// <summary>The DID that the operation changes.</summary>
    Subject = 2,

    /// <summary>A controller that the current document of that DID names.</summary>
    Controller = 4,

    /// <summary>The issuer of the class.</summary>
    ClassIssuer = 8,

    /// <summary>The owner of the token.</summary>
    TokenOwner = 16,

    /// <summary>Approved for the token by its owner.</summary>
    TokenApproved = 32,

    /// <summary>An operator of the token's owner in the class.</summary>
    TokenOperator = 64,

    /// <summary>The party that the token was offered to.</summary>
    OfferReceiver = 128,

    /// <summary>The sponsor of the pilot.</summary>
    PilotSponsor = 256,

    /// <summary>The platform that the party's attestation names.</summary>
    PartyPlatform = 2048,

    /// <summary>The proposer of the version of the policy.</summary>
    Proposer = 4096,
}
