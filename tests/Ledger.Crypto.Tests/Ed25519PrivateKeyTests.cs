namespace Ledger.Crypto.Tests;

public sealed class Ed25519PrivateKeyTests
{
    [Fact]
    public void Generate_Twice_AreDifferentKeysThatRestore()
    {
        using Ed25519PrivateKey first = Ed25519PrivateKey.Generate();
        using Ed25519PrivateKey second = Ed25519PrivateKey.Generate();
        Assert.False(first.PublicKey.SequenceEqual(second.PublicKey));

        byte[] seed = new byte[32];
        first.CopyTo(seed);
        using Ed25519PrivateKey restored = Ed25519PrivateKey.FromBytes(seed);
        Assert.True(first.PublicKey.SequenceEqual(restored.PublicKey));
    }

    [Fact]
    public void AnyUse_WrongLength_Throws()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        foreach (int length in (ReadOnlySpan<int>)[0, 31, 33, 63, 65])
        {
            byte[] bytes = new byte[length];
            Assert.Throws<ArgumentException>(() => Ed25519PrivateKey.FromBytes(bytes));
            Assert.Throws<ArgumentException>(() => key.CopyTo(bytes));
            Assert.Throws<ArgumentException>(() => key.Sign([], bytes));
        }
    }

    [Fact]
    public void AnyUse_Disposed_Throws()
    {
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([], new byte[64]));
        Assert.Throws<ObjectDisposedException>(() => key.CopyTo(new byte[32]));
    }
}
