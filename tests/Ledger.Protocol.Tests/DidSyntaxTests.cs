namespace Ledger.Protocol.Tests;

public sealed class DidSyntaxTests
{
    // RFC 4648 base32 of 32 bytes of 0x00, of 0xff, and of 0 to 31.
    [Theory]
    [InlineData(0x00, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(0xff, "777777777777777777777777777777777777777777777777777q")]
    public void FromOperationId_KnownIds_AreTheirBase32(byte value, string id)
    {
        byte[] operationId = [.. Enumerable.Repeat(value, 32)];
        string did = DidSyntax.FromOperationId("net-1", operationId);
        Assert.Equal("did:pilot:net-1:" + id, did);
    }

    [Fact]
    public void FromOperationId_CountingBytes_IsTheirBase32() =>
        Assert.Equal(
            "did:pilot:n:aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq",
            DidSyntax.FromOperationId("n", [.. Enumerable.Range(0, 32).Select(i => (byte)i)])
        );

    [Fact]
    public void TryParse_RandomIds_GivesThemBack()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < 1_000; i++)
        {
            byte[] id = new byte[32];
            random.NextBytes(id);
            string did = DidSyntax.FromOperationId("test", id);
            Assert.True(DidSyntax.TryParse(did, out string network, out byte[] parsed), $"seed {seed}");
            Assert.Equal("test", network);
            Assert.Equal(id, parsed);
            Assert.True(DidSyntax.IsDid(did));
            Assert.True(DidSyntax.IsDid(did, "test"));
            Assert.False(DidSyntax.IsDid(did, "tes"));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("did:pilot:")]
    [InlineData("did:pilot:test")]
    [InlineData("did:pilot:test:")]
    [InlineData("did:pilot::aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:web:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("DID:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:Test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:te_t:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:a:b:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa7")]
    [InlineData("did:pilot:test:Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:test:1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa#key-1")]
    [InlineData(" did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("did:pilot:a23456789012345678901234567890123:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void TryParse_AnythingElse_IsNoDid(string? text)
    {
        Assert.False(DidSyntax.IsDid(text));
        Assert.False(DidSyntax.IsDid(text, "test"));
        Assert.False(DidSyntax.TryParse(text, out string network, out byte[] id));
        Assert.Equal("", network);
        Assert.Empty(id);
    }

    [Fact]
    public void IsDid_LastCharacter_IsOneOfTwo()
    {
        string stem = Samples.Alice[..^1];
        char[] allowed = [.. "abcdefghijklmnopqrstuvwxyz234567".Where(c => DidSyntax.IsDid(stem + c))];
        Assert.Equal(['a', 'q'], allowed);
    }

    [Fact]
    public void LengthMax_LongestDid_IsThatLong()
    {
        string did = DidSyntax.FromOperationId(new string('a', 32), new byte[32]);
        Assert.Equal(DidSyntax.LengthMax, did.Length);
        Assert.True(DidSyntax.IsDid(did));
    }

    [Theory]
    [InlineData("", 32)]
    [InlineData("Net", 32)]
    [InlineData("net", 31)]
    public void FromOperationId_NotANetworkOrId_IsABug(string network, int idBytes) =>
        Assert.Throws<ArgumentException>(() => DidSyntax.FromOperationId(network, new byte[idBytes]));
}
