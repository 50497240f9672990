using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

public sealed class OperationSignerTests : IDisposable
{
    private const string Origin = "ledger.example/test";
    private const string Did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly SigningKey _key = SigningKey.Generate();
    private readonly OperationSigner _signer = new(Origin, TimeSpan.FromMinutes(10), new StoppedClock(Now));

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Sign_FillsInAllButTheBody()
    {
        Operation body = new()
        {
            Burn = new Burn { ClassId = "c", TokenId = "1" },
        };

        Operation operation = _signer.Sign(new Actor(Did, _key), body).Submitted.Operation;

        Assert.Equal(Origin, operation.Ledger);
        Assert.Equal(Did, operation.Actor);
        Assert.Equal((ulong)Now.AddMinutes(10).ToUnixTimeSeconds(), operation.NotAfter);
        Assert.Equal(Limits.NonceBytes, operation.Nonce.Length);
        Assert.Equal(body.Burn, operation.Burn);
        Assert.Equal("", body.Ledger);
    }

    [Fact]
    public void Sign_WithSeveralKeys_SignsWithEach()
    {
        using SigningKey second = SigningKey.Generate(KeyType.Ed25519, "key-2");

        PreparedOperation operation = _signer.Sign(
            new Actor(Did, _key, second),
            new Operation
            {
                Burn = new Burn { ClassId = "c", TokenId = "1" },
            }
        );

        Assert.Equal(["key-1", "key-2"], operation.SignedOperation.Signatures.Select(s => s.VerificationMethod));
    }

    [Fact]
    public void SignNew_NamesNoActor()
    {
        PreparedOperation operation = _signer.SignNew(
            [_key],
            new Operation { CreateDid = new CreateDid { Document = _key.ToDocument() } }
        );

        Assert.Equal("", operation.Submitted.Operation.Actor);
        Assert.Equal(DidSyntax.FromOperationId("test", operation.Id.Span), operation.Submitted.ActorDid("test"));
    }

    [Fact]
    public void Sign_Twice_MakesTwoOperations()
    {
        Operation body = new() { CreateDid = new CreateDid { Document = _key.ToDocument() } };

        Assert.NotEqual(_signer.SignNew([_key], body).Id.ToArray(), _signer.SignNew([_key], body).Id.ToArray());
    }

    [Fact]
    public void Sign_OfAFieldOutOfRange_IsRefusedBeforeItIsSent()
    {
        RefusedException e = Assert.Throws<RefusedException>(() =>
            _signer.Sign(
                new Actor(Did, _key),
                new Operation
                {
                    Burn = new Burn { ClassId = "UPPER", TokenId = "1" },
                }
            )
        );

        Assert.Equal(ReasonCode.InvalidField, e.Reason);
        Assert.Contains("burn.class_id", e.Message, StringComparison.Ordinal);
        Assert.Null(e.Entry);
    }

    [Fact]
    public void Sign_WithOneNameTwice_IsRefused() =>
        Assert.Equal(
            ReasonCode.SignatureCount,
            Assert
                .Throws<RefusedException>(() =>
                    _signer.Sign(
                        new Actor(Did, _key, _key),
                        new Operation
                        {
                            Burn = new Burn { ClassId = "c", TokenId = "1" },
                        }
                    )
                )
                .Reason
        );

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5_000, 0)]
    [InlineData(90_000, 90)]
    public void Sign_LogAheadOfTheClockOrNot_CountsTheDeadlineFromTheLater(long aheadMs, int secondsLater)
    {
        DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        OperationSigner signer = new(Origin, TimeSpan.FromMinutes(1), new StoppedClock(now));
        signer.NoteLogTime(now.ToUnixTimeMilliseconds() + aheadMs);
        signer.NoteLogTime(7);

        PreparedOperation operation = signer.SignNew(
            [_key],
            new Operation { CreateDid = new CreateDid { Document = _key.ToDocument() } }
        );

        Assert.Equal(
            (ulong)now.AddSeconds(60 + secondsLater).ToUnixTimeSeconds(),
            operation.Submitted.Operation.NotAfter
        );
    }

    [Fact]
    public void Sign_LogBeyondAnyCalendar_StillSigns()
    {
        OperationSigner signer = new(Origin, TimeSpan.FromDays(30));
        signer.NoteLogTime(long.MaxValue);

        Operation body = new() { CreateDid = new CreateDid { Document = _key.ToDocument() } };

        Assert.True(signer.SignNew([_key], body).Submitted.Operation.NotAfter > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Limits.NotAfterSecondsMax + 1)]
    public void Construct_WithASpanOutOfRange_Throws(long seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OperationSigner(Origin, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Construct_WithoutAnOrigin_Throws() =>
        Assert.Throws<ArgumentException>(() => new OperationSigner("Two words", TimeSpan.FromMinutes(1)));

    [Fact]
    public void Actor_OfNoDidOrNoKey_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Actor("did:web:example.com", _key));
        Assert.Throws<ArgumentException>(() => new Actor(Did));
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
