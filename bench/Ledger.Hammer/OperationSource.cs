using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>An operation that is ready to be sent.</summary>
internal readonly record struct Prepared(SignedOperation Operation, ByteString Id)
{
    public static Prepared From(PreparedOperation operation) =>
        new(operation.SignedOperation, ByteString.CopyFrom(operation.Id.Span));
}

/// <summary>Makes operations of one kind, each of which will be applied.</summary>
internal abstract class OperationSource
{
    /// <summary>Brings the ledger to where the operations apply.</summary>
    /// <param name="count">How many will be made.</param>
    public abstract Task SetUpAsync(int count);

    /// <summary>Makes the operation of a number, on any thread.</summary>
    public abstract PreparedOperation Make(int number);

    /// <summary>Makes operations on all processors.</summary>
    public async Task<Prepared[]> PrepareAsync(int count)
    {
        await SetUpAsync(count);
        Prepared[] prepared = new Prepared[count];
        Parallel.For(0, count, i => prepared[i] = Prepared.From(Make(i)));
        return prepared;
    }
}

/// <summary>CreateDid. A key signs several, so that making keys does not outweigh the rest; each has a nonce of its own.</summary>
internal sealed class CreateSource(Target target, int operationsPerKey) : OperationSource
{
    private SigningKey[] _keys = [];

    public override Task SetUpAsync(int count)
    {
        _keys = [.. Enumerable.Range(0, ((count - 1) / operationsPerKey) + 1).Select(_ => SigningKey.Generate())];
        return Task.CompletedTask;
    }

    public override PreparedOperation Make(int number)
    {
        SigningKey key = _keys[number / operationsPerKey];
        return target.Signer.SignNew(
            [key],
            new Operation { CreateDid = new CreateDid { Document = key.ToDocument() } }
        );
    }
}

/// <summary>A pilot with an issuer and holders, and a class for each source of tokens.</summary>
internal sealed class Market(Target target)
{
    private const int HolderCount = 100;
    private readonly string _name = $"hammer-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
    private int _classes;

    public Actor Issuer { get; private set; } = null!;

    public Actor[] Holders { get; private set; } = [];

    public async Task OpenAsync()
    {
        if (Holders.Length > 0)
        {
            return;
        }
        Actor supervisor =
            target.Supervisor
            ?? throw new ArgumentException("The ledger has been founded by another: name its supervisor's key file.");
        Actor sponsor = await AdmitAsync(supervisor, Role.Sponsor);
        Issuer = await AdmitAsync(supervisor, Role.Issuer);
        await OpenPilotAsync(supervisor, sponsor);
        Holders = await Task.WhenAll(
            Enumerable.Range(0, HolderCount).Select(_ => AdmitAsync(supervisor, Role.Participant))
        );
    }

    public async Task<string> OpenClassAsync()
    {
        string id = $"{_name}-{_classes++}";
        await target.Client.CreateClassAsync(
            Issuer,
            new CreateClass
            {
                Id = id,
                PilotId = _name,
                Name = "Load",
                Category = ClassCategory.Other,
                MaxSupply = 1_000_000_000,
                Transferability = Transferability.Free,
                BurnAuthority = BurnAuthority.Both,
            }
        );
        return id;
    }

    // From the application over the shortest public notice to a pilot that runs.
    private async Task OpenPilotAsync(Actor supervisor, Actor sponsor)
    {
        CreatePilot create = new()
        {
            Id = _name,
            Title = "Load",
            Sponsor = sponsor.Did,
        };
        AddEvidence assessment = new()
        {
            PilotId = _name,
            Kind = EvidenceKind.Assessment,
            Commitment = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32)),
            MediaType = "text/plain",
        };
        await target.Client.GroupAsync(sponsor, [new Operation { CreatePilot = create }, Move(PilotState.Submitted)]);
        await target.Client.GroupAsync(
            supervisor,
            [Move(PilotState.UnderReview), new Operation { AddEvidence = assessment }, Move(PilotState.PublicNotice)]
        );
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        await target.Client.GroupAsync(supervisor, [Move(PilotState.Approved), Move(PilotState.Running)]);
    }

    private Operation Move(PilotState state) =>
        new()
        {
            MovePilot = new MovePilot
            {
                PilotId = _name,
                State = state,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32)),
                ObjectionSeconds = state == PilotState.PublicNotice ? 1u : 0,
            },
        };

    private async Task<Actor> AdmitAsync(Actor supervisor, Role role)
    {
        SigningKey key = SigningKey.Generate();
        CreatedDid created = await target.Client.CreateDidAsync(key.ToDocument(), [key]);
        await target.Client.AdmitPartyAsync(
            supervisor,
            new AdmitParty
            {
                Party = created.Did,
                Roles = { role },
                CredentialCommitment = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32)),
                AssuranceLevel = AssuranceLevel.Substantial,
            }
        );
        return new Actor(created.Did, key);
    }
}

/// <summary>Mint: named tokens with content, to the holders in turn.</summary>
internal sealed class MintSource(Target target, Market market) : OperationSource
{
    private string _classId = "";

    public override async Task SetUpAsync(int count)
    {
        await market.OpenAsync();
        _classId = await market.OpenClassAsync();
    }

    public override PreparedOperation Make(int number)
    {
        Span<byte> multihash = stackalloc byte[34];
        multihash[0] = 0x12;
        multihash[1] = 0x20;
        RandomNumberGenerator.Fill(multihash[2..]);
        return target.Signer.Sign(
            market.Issuer,
            new Operation
            {
                Mint = new Mint
                {
                    ClassId = _classId,
                    TokenId = $"t{number}",
                    Owner = market.Holders[number % market.Holders.Length].Did,
                    Content = new TokenContent
                    {
                        Multihash = ByteString.CopyFrom(multihash),
                        MediaType = "image/png",
                        Size = 65_536,
                    },
                },
            }
        );
    }
}

/// <summary>BatchMint: so many numbered tokens each, to the holders in turn.</summary>
internal sealed class BatchMintSource(Target target, Market market, int tokens) : OperationSource
{
    private string _classId = "";

    public override async Task SetUpAsync(int count)
    {
        await market.OpenAsync();
        _classId = await market.OpenClassAsync();
    }

    public override PreparedOperation Make(int number)
    {
        BatchMint mint = new() { ClassId = _classId, Owner = market.Holders[number % market.Holders.Length].Did };
        for (int i = 0; i < tokens; i++)
        {
            mint.Items.Add(new MintItem());
        }
        return target.Signer.Sign(market.Issuer, new Operation { BatchMint = mint });
    }
}

/// <summary>Transfer: each token once, from one holder to the next; alone, or so many in a group.</summary>
internal sealed class TransferSource(Target target, Market market, int steps) : OperationSource
{
    private const int TokensPerMint = 1_000;
    private string _classId = "";

    public override async Task SetUpAsync(int count)
    {
        await market.OpenAsync();
        _classId = await market.OpenClassAsync();
        await MintAsync(count * steps);
    }

    public override PreparedOperation Make(int number)
    {
        Operation operation =
            steps == 1
                ? TransferOf(number)
                : new Operation
                {
                    Group = new Group { Steps = { Enumerable.Range(number * steps, steps).Select(TransferOf) } },
                };
        return target.Signer.Sign(OwnerOf(number * steps), operation);
    }

    /// <summary>The transfer of a token that was minted.</summary>
    public Operation TransferOf(int token) =>
        new()
        {
            Transfer = new Transfer
            {
                ClassId = _classId,
                TokenId = $"t{token}",
                FromDid = OwnerOf(token).Did,
                ToDid = market.Holders[(HolderOf(token) + 1) % market.Holders.Length].Did,
            },
        };

    private async Task MintAsync(int count)
    {
        List<PreparedOperation> mints = [];
        for (int first = 0; first < count; first += TokensPerMint)
        {
            BatchMint mint = new() { ClassId = _classId, Owner = OwnerOf(first).Did };
            for (int number = first; number < Math.Min(first + TokensPerMint, count); number++)
            {
                mint.Items.Add(new MintItem { TokenId = $"t{number}" });
            }
            mints.Add(target.Signer.Sign(market.Issuer, new Operation { BatchMint = mint }));
        }
        foreach (SubmissionResult result in await target.Client.SubmitBatchAsync(mints))
        {
            if (!result.IsApplied)
            {
                throw new InvalidOperationException($"Tokens to transfer could not be minted: {result.Message}");
            }
        }
    }

    private Actor OwnerOf(int token) => market.Holders[HolderOf(token)];

    // Tokens of one mint have one owner, so that a group of neighbours does.
    private int HolderOf(int token) => token / TokensPerMint % market.Holders.Length;
}
