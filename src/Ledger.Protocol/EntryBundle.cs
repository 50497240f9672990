using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ledger.Protocol;

/// <summary>Neighbouring entries as they are served together (C2SP tlog-tiles): each after its length, 16 bits, big-endian.</summary>
public static class EntryBundle
{
    /// <summary>Bytes of a length.</summary>
    public const int LengthBytes = sizeof(ushort);

    /// <summary>Most bytes that an entry takes.</summary>
    public const int EntryBytesMax = LengthBytes + Limits.EntryBytesMax;

    /// <summary>Most bytes of a full bundle.</summary>
    public const int BytesMax = TilePath.FullWidth * EntryBytesMax;

    /// <summary>Writes entries.</summary>
    /// <param name="entries">Any number, each of at most <see cref="Limits.EntryBytesMax"/>.</param>
    /// <exception cref="OverflowException">One is longer.</exception>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        byte[] bundle = new byte[entries.Sum(static entry => LengthBytes + entry.Length)];
        Span<byte> rest = bundle;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)entry.Length));
            entry.Span.CopyTo(rest[LengthBytes..]);
            rest = rest[(LengthBytes + entry.Length)..];
        }
        return bundle;
    }

    /// <summary>Reads a bundle.</summary>
    /// <param name="bundle">Any bytes.</param>
    /// <param name="count">How many entries it must have.</param>
    /// <param name="entries">The entries, parts of the bundle, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> bundle,
        int count,
        [NotNullWhen(true)] out ReadOnlyMemory<byte>[]? entries,
        out string problem
    )
    {
        entries = null;
        ReadOnlyMemory<byte>[] read = new ReadOnlyMemory<byte>[count];
        ReadOnlyMemory<byte> rest = bundle;
        for (int i = 0; i < count; i++)
        {
            if (
                rest.Length < LengthBytes
                || BinaryPrimitives.ReadUInt16BigEndian(rest.Span) is var length && rest.Length - LengthBytes < length
            )
            {
                problem = $"it ends within entry {i} of {count}";
                return false;
            }
            read[i] = rest.Slice(LengthBytes, length);
            rest = rest[(LengthBytes + length)..];
        }
        if (!rest.IsEmpty)
        {
            problem = $"{rest.Length} bytes follow its {count} entries";
            return false;
        }
        entries = read;
        problem = "";
        return true;
    }
}
