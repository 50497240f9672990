using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Queries;

/// <summary>
/// A ledger with several of each thing that is asked for. Every operation has a batch of its own, and a second passes between
/// two of them.
/// </summary>
public sealed class QueriedLedger : IAsyncLifetime
{
    public const string Pilot = "pilot-1";
    public const string Class = "class-1";
    public const string Moved = "token-0";
    public const int Updates = 3;

    public static readonly string[] Pilots = ["pilot-0", "pilot-1", "pilot-2"];
    public static readonly string[] Classes = ["class-0", "class-1", "class-2", "class-3"];
    public static readonly string[] Tokens = [.. Enumerable.Range(0, 7).Select(i => $"token-{i}")];

    private readonly TemporaryLedger _temporary = TemporaryLedger.Open();

    /// <summary>A DID of the right form and network that nobody registered.</summary>
    public static string Nobody { get; } = $"did:pilot:{TemporaryLedger.Network}:{new string('a', 52)}";

    internal EmbeddedLedger Ledger => _temporary.Ledger;

    internal VerifierKey LogKey => _temporary.Verifier;

    internal Signer Supervisor { get; private set; } = null!;

    internal Signer Issuer { get; private set; } = null!;

    internal Signer Holder { get; private set; } = null!;

    /// <summary>Receipts of the versions of the holder's DID.</summary>
    internal List<Receipt> HolderVersions { get; } = [];

    /// <summary>Receipts of the versions of the token that moved.</summary>
    internal List<Receipt> MovedVersions { get; } = [];

    /// <summary>Sizes at which a checkpoint was published.</summary>
    internal List<long> Sizes { get; } = [];

    internal DateTimeOffset Now => _temporary.Time.Now;

    internal ReadView Read() => Ledger.Read();

    public async ValueTask InitializeAsync()
    {
        Supervisor = await _temporary.Found();
        Sizes.Add(Ledger.Head.Size);
        Issuer = await Register();
        Holder = await Register();
        await Apply(Supervisor, Admission(Issuer, Role.Sponsor, Role.Issuer, Role.Participant));
        await Apply(Supervisor, Admission(Holder, Role.Participant));
        foreach (string pilot in Pilots)
        {
            foreach (
                (bool bySponsor, Operation operation) in (IEnumerable<(bool, Operation)>)
                    [.. Operations.ApplyFor(pilot, Issuer.Did), .. Operations.Start(pilot)]
            )
            {
                await Apply(bySponsor ? Issuer : Supervisor, operation);
            }
        }

        foreach (string name in Classes)
        {
            await Apply(Issuer, NewClass(name, name == Classes[0] ? Pilots[0] : Pilot));
        }

        foreach (string token in Tokens)
        {
            Receipt receipt = await Apply(Issuer, Mint(token, token == Moved ? Issuer : Holder));
            if (token == Moved)
            {
                MovedVersions.Add(receipt);
            }
        }

        MovedVersions.Add(
            await Apply(
                Issuer,
                new Operation
                {
                    Transfer = new Transfer
                    {
                        ClassId = Class,
                        TokenId = Moved,
                        FromDid = Issuer.Did,
                        ToDid = Holder.Did,
                    },
                }
            )
        );
        for (int i = 0; i < Updates; i++)
        {
            DidDocument document = Holder.Document;
            document.AlsoKnownAs.Add($"urn:{i}");
            HolderVersions.Add(
                await Apply(
                    Holder,
                    new Operation
                    {
                        UpdateDid = new UpdateDid
                        {
                            Did = Holder.Did,
                            Previous = HolderVersions[^1].OperationId,
                            Document = document,
                        },
                    }
                )
            );
        }
    }

    public async ValueTask DisposeAsync() => await _temporary.DisposeAsync();

    /// <summary>Lets time pass in which the log says nothing.</summary>
    internal ulong Wait(TimeSpan time)
    {
        _temporary.Time.Now += time;
        return (ulong)_temporary.Time.Now.ToUnixTimeMilliseconds();
    }

    private async Task<Signer> Register()
    {
        Signer signer = new(_temporary.Time);
        Receipt receipt = await Apply(signer.SignCreate());
        signer.Did = DidSyntax.FromOperationId(TemporaryLedger.Network, receipt.OperationId.Span);
        HolderVersions.Clear();
        HolderVersions.Add(receipt);
        return signer;
    }

    private Task<Receipt> Apply(Signer signer, Operation operation) => Apply(signer.Sign(operation));

    private async Task<Receipt> Apply(SignedOperation operation)
    {
        Wait(TimeSpan.FromSeconds(1));
        Submission submission = await _temporary.Submit(operation);
        Assert.Equal(ReasonCode.Applied, submission.Judgement.Reason);
        Sizes.Add(Ledger.Head.Size);
        return submission.Receipt!;
    }

    private static Operation Admission(Signer party, params Role[] roles) =>
        new()
        {
            AdmitParty = new AdmitParty
            {
                Party = party.Did,
                Roles = { roles },
                CredentialCommitment = ByteString.CopyFrom(new byte[32]),
                AssuranceLevel = AssuranceLevel.High,
            },
        };

    private static Operation NewClass(string id, string pilot) =>
        new()
        {
            CreateClass = new CreateClass
            {
                Id = id,
                PilotId = pilot,
                Name = "A class",
                Category = ClassCategory.Cultural,
                MaxSupply = 1_000,
                Transferability = Transferability.Free,
                BurnAuthority = BurnAuthority.Both,
            },
        };

    private static Operation Mint(string token, Signer owner) =>
        new()
        {
            Mint = new Mint
            {
                ClassId = Class,
                TokenId = token,
                Owner = owner.Did,
            },
        };
}
