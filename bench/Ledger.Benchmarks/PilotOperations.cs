using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Benchmarks;

/// <summary>What a pilot needs to run and to have tokens: the bodies of the operations, without who signs them.</summary>
internal static class PilotOperations
{
    private static ByteString Hash => ByteString.CopyFrom(new byte[Limits.HashBytes]);

    /// <summary>Admits a party.</summary>
    public static Operation Admit(string party, Role role) =>
        new()
        {
            AdmitParty = new AdmitParty
            {
                Party = party,
                Roles = { role },
                CredentialCommitment = Hash,
                AssuranceLevel = AssuranceLevel.High,
            },
        };

    /// <summary>What the sponsor and the supervisor do until anyone may object for a second, in order.</summary>
    public static (bool BySponsor, Operation Operation)[] ApplyFor(string pilot, string sponsor) =>
        [
            (
                true,
                new Operation
                {
                    CreatePilot = new CreatePilot
                    {
                        Id = pilot,
                        Title = "Benchmark",
                        Sponsor = sponsor,
                    },
                }
            ),
            (true, Move(pilot, PilotState.Submitted)),
            (false, Move(pilot, PilotState.UnderReview)),
            (
                false,
                new Operation
                {
                    AddEvidence = new AddEvidence
                    {
                        PilotId = pilot,
                        Kind = EvidenceKind.Assessment,
                        Commitment = Hash,
                        MediaType = "text/plain",
                    },
                }
            ),
            (false, Move(pilot, PilotState.PublicNotice)),
        ];

    /// <summary>What they do when that second has passed: then the pilot runs.</summary>
    public static (bool BySponsor, Operation Operation)[] Start(string pilot) =>
        [(false, Move(pilot, PilotState.Approved)), (true, Move(pilot, PilotState.Running))];

    /// <summary>Defines a class whose tokens are given freely.</summary>
    public static Operation CreateClass(string id, string pilot, string policy = "") =>
        new()
        {
            CreateClass = new CreateClass
            {
                Id = id,
                PilotId = pilot,
                Name = "Benchmark",
                Category = ClassCategory.Certificate,
                MaxSupply = Limits.SupplyMax,
                Transferability = Transferability.Free,
                BurnAuthority = BurnAuthority.Both,
                PolicyId = policy,
            },
        };

    /// <summary>Gives a token to another party.</summary>
    public static Operation Transfer(string classId, string token, string from, string to) =>
        new()
        {
            Transfer = new Transfer
            {
                ClassId = classId,
                TokenId = token,
                FromDid = from,
                ToDid = to,
            },
        };

    private static Operation Move(string pilot, PilotState state) =>
        new()
        {
            MovePilot = new MovePilot
            {
                PilotId = pilot,
                State = state,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = Hash,
                ObjectionSeconds = state == PilotState.PublicNotice ? 1u : 0,
            },
        };
}
