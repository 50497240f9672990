using System.Buffers;

namespace Ledger.Client;

/// <summary>Reads what an outsider sends as far as it may go.</summary>
internal static class BoundedStream
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Reads a stream to its end. Room is made as bytes come, not as they are announced.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytesMax">Most bytes that it may have.</param>
    /// <param name="name">What is read, for a person.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VerificationException">It has more.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream,
        int bytesMax,
        string name,
        CancellationToken cancellationToken
    )
    {
        ArrayBufferWriter<byte> bytes = new();
        while (true)
        {
            Memory<byte> room = bytes.GetMemory(ChunkBytes);
            int read = await stream.ReadAsync(room, cancellationToken);
            if (read == 0)
            {
                return bytes.WrittenMemory;
            }
            if (bytes.WrittenCount + read > bytesMax)
            {
                throw TileLog.Wrong($"{name} is longer than {bytesMax} bytes");
            }
            bytes.Advance(read);
        }
    }
}
