using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// What each reason code is called, what it means and what to do about it. Numbers and names are stable; texts may change.
/// </summary>
public static class Reasons
{
    private const string EnumPrefix = "REASON_CODE_";

    private static readonly FrozenDictionary<ReasonCode, string> Names = ReasonReflection
        .Descriptor.EnumTypes[0]
        .Values.ToFrozenDictionary(
            static value => (ReasonCode)value.Number,
            static value => value.Name[EnumPrefix.Length..]
        );

    private static readonly FrozenDictionary<ReasonCode, (string Meaning, string Advice)> Texts = new Dictionary<
        ReasonCode,
        (string, string)
    >
    {
        [ReasonCode.Applied] = ("The operation was applied.", "There is nothing to do."),

        [ReasonCode.Malformed] = (
            "The bytes are not a protobuf message of the expected type.",
            "Send the encoded operation itself, whole and unchanged."
        ),
        [ReasonCode.Empty] = ("There are no operation bytes.", "Put the encoded operation in the request."),
        [ReasonCode.TooLarge] = (
            "The operation, or one part of it, is larger than its limit.",
            "Split it into several, or refer to large content by its hash."
        ),
        [ReasonCode.UnknownField] = (
            "The bytes have a field that this version does not know.",
            "Build the operation from the protocol definition of this node's version and sign again."
        ),
        [ReasonCode.NotCanonical] = (
            "The bytes are a second encoding of an operation.",
            "Encode each field once, in ascending order and without default values, and sign again."
        ),
        [ReasonCode.MissingBody] = ("The operation has no body.", "Say what is asked, and sign again."),
        [ReasonCode.InvalidField] = (
            "A field is missing or outside its documented range.",
            "Correct the field and sign again."
        ),
        [ReasonCode.WrongLedger] = (
            "The operation is meant for another ledger.",
            "Send it to the ledger that it names, or name this one's origin and sign again."
        ),
        [ReasonCode.Expired] = (
            "`not_after` had passed when the operation's turn came.",
            "Choose a later `not_after` and sign again."
        ),
        [ReasonCode.DeadlineTooFar] = (
            "`not_after` is more than 30 days away.",
            "Choose an earlier `not_after` and sign again."
        ),
        [ReasonCode.NotFounded] = ("The ledger has not been founded.", "Submit the founding operation first."),
        [ReasonCode.AlreadyFounded] = (
            "The ledger has already been founded.",
            "Use it as it is, or found another on an empty store."
        ),
        [ReasonCode.InvalidDid] = (
            "The text is not a DID of this ledger.",
            "Ask for did:pilot:, this ledger's network, and the 52 characters of the identifier."
        ),

        [ReasonCode.UnknownActor] = (
            "The actor is not a registered DID.",
            "Register the DID first, or name the DID that signed."
        ),
        [ReasonCode.ActorDeactivated] = (
            "The actor's DID has been deactivated.",
            "Act with another DID: deactivation is final."
        ),
        [ReasonCode.SignatureCount] = (
            "There is no signature, or two by one key, or more than allowed.",
            "Sign with 1 to 8 different keys."
        ),
        [ReasonCode.UnknownKey] = (
            "The actor's DID document has no verification method of that name.",
            "Resolve the DID and name the fragment of the key that signed."
        ),
        [ReasonCode.KeyPurpose] = (
            "The key is not meant for this kind of operation.",
            "Sign operations on DIDs with a CAPABILITY_INVOCATION key and all others with an ASSERTION_METHOD key."
        ),
        [ReasonCode.SignatureLength] = (
            "A signature is not 64 bytes long.",
            "Send the raw signature: r and s of 32 bytes each, never DER."
        ),
        [ReasonCode.SignatureRange] = (
            "A number of the signature is zero, or not below the order of the curve.",
            "Sign again with a conforming implementation."
        ),
        [ReasonCode.SignatureHighS] = (
            "The number s of the signature is in the upper half of the order.",
            "Replace s by n - s, or sign with an implementation that does."
        ),
        [ReasonCode.BadSignature] = (
            "The signature is not one of this operation by this key.",
            "Sign \"ledger.v1.Operation\\n\" followed by the exact bytes that are sent, with the key that is named."
        ),
        [ReasonCode.KeyChanged] = (
            "The actor's key changed between the check of the signature and the operation's turn.",
            "Resolve the DID and sign again with a key that it has now."
        ),

        [ReasonCode.NotAdmitted] = ("The actor is not an admitted party.", "Ask a registrar to admit the DID."),
        [ReasonCode.NotAuthorised] = (
            "The actor has no role or authority for this.",
            "Have it done by a party that the permission table names."
        ),
        [ReasonCode.DidNotFound] = (
            "The DID that the operation is about is not registered.",
            "Check the identifier, or register the DID first."
        ),
        [ReasonCode.DidDeactivated] = (
            "The DID that the operation is about has been deactivated.",
            "Register another DID: deactivation is final."
        ),
        [ReasonCode.StalePrevious] = (
            "`previous` is not the id of the DID's last operation.",
            "Resolve the DID, apply the change to its newest document and sign again."
        ),
        [ReasonCode.AlreadyAdmitted] = (
            "The party has already been admitted.",
            "Look the party up: its roles are on the ledger."
        ),
        [ReasonCode.ReceiverNotAdmitted] = (
            "The receiver is not an admitted party.",
            "Ask a registrar to admit the receiver first."
        ),
        [ReasonCode.NotASponsor] = (
            "The sponsor is not an admitted party with the role SPONSOR.",
            "Name a sponsor, or have the party admitted as one first."
        ),
        [ReasonCode.PilotExists] = ("The pilot's identifier is taken.", "Choose another identifier."),
        [ReasonCode.PilotNotFound] = ("There is no such pilot.", "Check the identifier, or open the pilot first."),
        [ReasonCode.PilotNotRunning] = (
            "The pilot is not in the state RUNNING.",
            "Wait until a supervisor lets the pilot run."
        ),
        [ReasonCode.ClassExists] = ("The class's identifier is taken.", "Choose another identifier."),
        [ReasonCode.ClassNotFound] = ("There is no such class.", "Check the identifier, or define the class first."),
        [ReasonCode.SupplyExceeded] = (
            "The class's maximum supply would be exceeded.",
            "Mint fewer tokens, or define another class: the maximum is fixed for ever."
        ),
        [ReasonCode.TokenExists] = (
            "The token's identifier is taken.",
            "Choose another identifier, or leave it empty for the next number."
        ),
        [ReasonCode.TokenNotFound] = ("There is no such token.", "Check the class and the identifier."),
        [ReasonCode.TokenBurned] = (
            "The token has been burned.",
            "Mint another token: a burned identifier is never used again."
        ),
        [ReasonCode.IncorrectOwner] = (
            "`from_did` is not the owner of the token.",
            "Look the token up and name its present owner."
        ),
        [ReasonCode.NotTransferable] = (
            "Tokens of this class do not change hands.",
            "Leave the token where it is, or burn it and mint another."
        ),
        [ReasonCode.DuplicateInBatch] = (
            "The batch names one token twice.",
            "Give each token of the batch its own identifier."
        ),

        [ReasonCode.EntryNotFound] = (
            "There is no entry at that index.",
            "Ask for an index below the size of the newest checkpoint."
        ),
        [ReasonCode.ReceiptNotFound] = (
            "No operation of that id has been recorded.",
            "Check the id, or submit the operation."
        ),
        [ReasonCode.VersionNotFound] = ("The thing has no such version.", "List its versions and ask for one of them."),
        [ReasonCode.VersionInFuture] = (
            "The version lies in the future: the answer is not known yet.",
            "Ask for a time that has passed."
        ),
        [ReasonCode.BadPageToken] = (
            "The page token does not belong to this list.",
            "Send the token that the last page of the same list ended with, or none."
        ),
        [ReasonCode.SizeOutOfRange] = (
            "The tree size is zero, larger than the log, or smaller than the other size or index.",
            "Ask for sizes from 1 to that of the newest checkpoint."
        ),
        [ReasonCode.PartyNotFound] = (
            "The DID is not an admitted party.",
            "Check the identifier, or ask a registrar to admit the DID."
        ),
        [ReasonCode.InvalidRequest] = (
            "The question contradicts itself or lacks a part.",
            "Correct the request and ask again."
        ),

        [ReasonCode.Overloaded] = (
            "The pool of waiting operations is full.",
            "Submit the same operation again after the time that the retry-after trailer names."
        ),
        [ReasonCode.Stopping] = (
            "The node is stopping and takes nothing new.",
            "Submit the same operation again, here later or at another node."
        ),
        [ReasonCode.Internal] = (
            "The node failed, and the operation may or may not have been recorded.",
            "Submit the same operation again: if it was recorded, the answer is its receipt."
        ),
    }.ToFrozenDictionary();

    /// <summary>Whether a number is a reason of this version of the protocol.</summary>
    /// <param name="reason">Any number.</param>
    public static bool IsDefined(ReasonCode reason) => Names.ContainsKey(reason);

    /// <summary>The stable name of a reason, for example <c>STALE_PREVIOUS</c>.</summary>
    /// <param name="reason">Any number; the decimal number itself when this version does not know it.</param>
    public static string Name(ReasonCode reason) => Names.TryGetValue(reason, out string? name) ? name : Number(reason);

    /// <summary>What a reason means, in one sentence.</summary>
    /// <param name="reason">Any number.</param>
    public static string Meaning(ReasonCode reason) =>
        Texts.TryGetValue(reason, out (string Meaning, string Advice) texts)
            ? texts.Meaning
            : "This version does not know the reason.";

    /// <summary>What to do about a reason, in one sentence.</summary>
    /// <param name="reason">Any number.</param>
    public static string Advice(ReasonCode reason) =>
        Texts.TryGetValue(reason, out (string Meaning, string Advice) texts)
            ? texts.Advice
            : "Look it up in the documentation of the node's version.";

    /// <summary>
    /// All that a caller needs to know of a refusal, on one line: name, number, what exactly is wrong if that was said and
    /// what the reason means if not, and what to do. For example
    /// <c>INVALID_FIELD (7): mint.owner: must be a DID. Correct the field and sign again.</c>
    /// </summary>
    /// <param name="judgement">What a check found.</param>
    public static string Message(Judgement judgement)
    {
        string wrong = judgement.Detail.Length == 0 ? Meaning(judgement.Reason) : judgement.Detail + ".";
        return $"{Name(judgement.Reason)} ({Number(judgement.Reason)}): {wrong} {Advice(judgement.Reason)}";
    }

    /// <summary>Every reason as a table in Markdown: the documentation's page of reasons.</summary>
    public static string ToMarkdown()
    {
        StringBuilder page = new();
        page.Append("| number | name | what it means | what to do |\n|---|---|---|---|\n");
        foreach (ReasonCode reason in Names.Keys.Order())
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {Number(reason)} | `{Name(reason)}` | {Meaning(reason)} | {Advice(reason)} |\n"
            );
        }
        return page.ToString();
    }

    private static string Number(ReasonCode reason) => ((int)reason).ToString(CultureInfo.InvariantCulture);
}
