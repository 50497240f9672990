namespace RocksDbSharp;

/// <summary>Reads a value where RocksDB has it in memory, without a copy.</summary>
/// <typeparam name="T">What the value is read into.</typeparam>
public interface ISpanDeserializer<T>
{
    /// <summary>Reads the value.</summary>
    /// <param name="buffer">The bytes; they are gone when this method returns.</param>
    /// <returns>The value, holding no reference to <paramref name="buffer"/>.</returns>
    T Deserialize(ReadOnlySpan<byte> buffer);
}
