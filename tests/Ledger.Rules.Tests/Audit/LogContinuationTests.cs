using System.Security.Cryptography;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Testing;

namespace Ledger.Rules.Tests.Audit;

public sealed class LogContinuationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Continues_OneSize_IsThatOfOneRoot()
    {
        MemorySource source = new(Log()) { Proof = [1] }; // which nobody needs
        Checkpoint one = Of(3, 1);
        Assert.True(await source.ContinuesAsync(one, Of(3, 1), Cancel));
        Assert.False(await source.ContinuesAsync(one, Of(3, 2), Cancel));
        Assert.False(await source.ContinuesAsync(Of(0, 1), Of(0, 2), Cancel));
    }

    [Fact]
    public async Task Continues_TheEmptyTree_IsEveryOther() =>
        Assert.True(await new MemorySource(Log()) { Proof = [1] }.ContinuesAsync(Of(0, 1), Of(3, 2), Cancel));

    [Fact]
    public async Task Continues_ALargerTree_IsWhatItsProofShows()
    {
        // RFC 9162, section 2.1.4: of two leaves in three, the proof is the third.
        byte[][] leaves = [.. Enumerable.Range(0, 3).Select(static i => SHA256.HashData([0x00, (byte)i]))];
        byte[] pair = SHA256.HashData([0x01, .. leaves[0], .. leaves[1]]);
        Checkpoint two = new(SignedLog.Origin, 2, pair);
        Checkpoint three = new(SignedLog.Origin, 3, SHA256.HashData([0x01, .. pair, .. leaves[2]]));
        MemorySource source = new(Log()) { Proof = leaves[2] };
        Assert.True(await source.ContinuesAsync(two, three, Cancel));
        Assert.False(await source.ContinuesAsync(Of(2, 1), three, Cancel));
        Assert.False(await source.ContinuesAsync(two, Of(3, 1), Cancel));
        foreach (
            byte[] wrong in (byte[][])
                [
                    [],
                    leaves[1],
                    [.. leaves[2], .. leaves[2]],
                    leaves[2][1..],
                ]
        )
        {
            source.Proof = wrong;
            Assert.False(await source.ContinuesAsync(two, three, Cancel));
        }
    }

    private static SignedLog Log()
    {
        SignedLog log = new();
        log.Found();
        return log;
    }

    private static Checkpoint Of(long size, byte root) =>
        new(SignedLog.Origin, size, Enumerable.Repeat(root, 32).ToArray());
}
