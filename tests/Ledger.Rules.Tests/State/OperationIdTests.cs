using Ledger.Rules.State;

namespace Ledger.Rules.Tests.State;

public sealed class OperationIdTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void Equals_SameBytes_IsTrueAndHashesAlike()
    {
        OperationId id = new(Bytes);
        byte[] copy = [.. Bytes];
        OperationId same = new(copy);
        copy.AsSpan().Clear();
        Assert.Equal(id, same);
        Assert.Equal(id.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void Equals_AnyBitDiffers_IsFalse()
    {
        OperationId id = new(Bytes);
        for (int bit = 0; bit < 8 * Bytes.Length; bit++)
        {
            byte[] changed = [.. Bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(id, new OperationId(changed));
        }
    }

    [Fact]
    public void New_TooFewBytes_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OperationId(Bytes.AsSpan(0, 31)));
}
