namespace Ledger.Rules.State;

/// <summary>The 32 bytes of an operation id, compared by value.</summary>
/// <param name="A">The first eight bytes, in the order of the machine.</param>
/// <param name="B">The next eight.</param>
/// <param name="C">The next eight.</param>
/// <param name="D">The last eight.</param>
public readonly record struct OperationId(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Takes a copy of the bytes.</summary>
    /// <param name="id">32 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public OperationId(ReadOnlySpan<byte> id)
        : this(
            BitConverter.ToUInt64(id),
            BitConverter.ToUInt64(id[8..]),
            BitConverter.ToUInt64(id[16..]),
            BitConverter.ToUInt64(id[24..])
        ) { }

    /// <summary>The id is a hash already: eight bytes of it do.</summary>
    public override int GetHashCode() => A.GetHashCode();
}
