using System.Text;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>An operation that a second party approves: signed at once by both, or carried from one to the other in a file.</summary>
public sealed class ApprovalTests : IDisposable
{
    private const string Origin = "ledger.example/test";
    private const string ActorDid = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string ApproverDid = "did:pilot:test:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbba";

    private readonly SigningKey _actor = SigningKey.Generate();
    private readonly SigningKey _approver = SigningKey.Generate(KeyType.Ed25519);
    private readonly OperationSigner _signer = new(Origin, TimeSpan.FromDays(1));

    public void Dispose()
    {
        _actor.Dispose();
        _approver.Dispose();
    }

    [Fact]
    public void Sign_WithAnApprover_PutsItsSignaturesLast()
    {
        PreparedOperation operation = _signer.Sign(
            new Actor(ActorDid, _actor),
            Body,
            new Actor(ApproverDid, _approver)
        );

        Assert.Equal(ApproverDid, operation.Submitted.Operation.Approver);
        Assert.Equal([false, true], operation.SignedOperation.Signatures.Select(static s => s.ByApprover));
        Assert.True(
            SignatureCheck.Verifies(
                _approver.ToVerificationMethod(),
                operation.Submitted.Bytes.Span,
                operation.SignedOperation.Signatures[1].Value.Span
            )
        );
    }

    [Fact]
    public void Sign_WithTheActorAsApprover_IsRefusedBeforeItIsSent()
    {
        Actor actor = new(ActorDid, _actor);

        RefusedException e = Assert.Throws<RefusedException>(() => _signer.Sign(actor, Body, actor));

        Assert.Equal(ReasonCode.InvalidField, e.Reason);
    }

    [Fact]
    public void File_SignedByApproverThenActor_HasTheActorsFirst()
    {
        OperationFile file = NewFile().Sign(_approver);
        Assert.True(file.Signatures[0].ByApprover);

        OperationFile read = OperationFile.Parse(file.Sign(_actor).ToBytes());

        Assert.Equal([false, true], read.Signatures.Select(static s => s.ByApprover));
        Assert.Contains($"Approving: {ApproverDid}", read.Words);
        Assert.Equal(
            [false, true],
            read.ToOperation(Origin).SignedOperation.Signatures.Select(static s => s.ByApprover)
        );
    }

    [Fact]
    public void File_SignedApart_IsTakenTogether()
    {
        OperationFile file = NewFile();

        OperationFile both = file.Sign(_approver).Merge(file.Sign(_actor));

        Assert.Equal([false, true], both.Signatures.Select(static s => s.ByApprover));
        Assert.Equal(both.ToBytes(), OperationFile.Parse(both.ToBytes()).ToBytes());
    }

    [Fact]
    public void Sign_WithAKeyThatBothHave_SignsAsTheDidThatIsNamed()
    {
        VerificationMethod shared = _actor.ToVerificationMethod();
        OperationFile file = OperationFile.Create(Bytes, [], [shared], 1, [shared]);

        Assert.False(file.Sign(_actor).Signatures[0].ByApprover);
        Assert.False(file.Sign(_actor, ActorDid).Signatures[0].ByApprover);
        Assert.True(file.Sign(_actor, ApproverDid).Signatures[0].ByApprover);
        Assert.Equal(2, file.Sign(_actor, ActorDid).Sign(_actor, ApproverDid).Signatures.Count);
    }

    [Fact]
    public void Sign_WithAKeyOfNeither_SaysSo()
    {
        using SigningKey stranger = SigningKey.Generate();

        OperationFileException e = Assert.Throws<OperationFileException>(() => NewFile().Sign(stranger));

        Assert.Equal(OperationFileProblem.NotASigner, e.Problem);
    }

    [Fact]
    public void Sign_Twice_SaysSo()
    {
        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            NewFile().Sign(_approver).Sign(_approver)
        );

        Assert.Equal(OperationFileProblem.SignedAlready, e.Problem);
    }

    [Theory]
    [InlineData("approval key-1", "signature key-1")]
    [InlineData("approver key-1", "signer key-1")]
    [InlineData("Approving: ", "Approves: ")]
    public void Parse_OfAFileInWhichTheRolesWereChanged_IsRefused(string from, string to)
    {
        string text = Encoding.UTF8.GetString(NewFile().Sign(_approver).ToBytes());
        string changed = text.Replace(from, to, StringComparison.Ordinal);

        Assert.NotEqual(text, changed);
        Assert.Throws<OperationFileException>(() => OperationFile.Parse(Encoding.UTF8.GetBytes(changed)));
    }

    [Fact]
    public void Words_OfAGroup_NameEveryStep()
    {
        Operation group = new() { Group = new Group { Steps = { Body, Body } } };

        OperationFile file = OperationFile.Create(_signer.Complete(ActorDid, group), [], [], 1);

        Assert.Equal("Do 2 things, all or none.", file.Words[0]);
        Assert.Equal(2, file.Words.Count(static line => line == "  Forced burn"));
        Assert.DoesNotContain(file.Words, static line => line.Contains("not after:", StringComparison.Ordinal));
    }

    private static Operation Body =>
        new()
        {
            ForcedBurn = new ForcedBurn
            {
                ClassId = "c",
                TokenId = "1",
                Order = new Order
                {
                    Reason = SupervisionReason.CourtOrder,
                    Number = "2026-1",
                    LegalBasis = "CSL-2016/art.47",
                },
            },
        };

    private byte[] Bytes => _signer.Complete(ActorDid, Body, approver: ApproverDid);

    private OperationFile NewFile() =>
        OperationFile.Create(Bytes, [], [_actor.ToVerificationMethod()], 1, [_approver.ToVerificationMethod()]);
}
