using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Protocol;

/// <summary>
/// Standard base64 (RFC 4648, section 4) in its one spelling: padded, without white space, unused bits zero. The
/// platform's decoders take more than that.
/// </summary>
internal static class StrictBase64
{
    /// <summary>Decodes what a line holds: something, and not more than it may. Nothing at all is not base64 of something.</summary>
    public static bool TryDecodeSome(string text, int bytesMax, out byte[] decoded)
    {
        bool ok = TryDecode(Encoding.UTF8.GetBytes(text), out byte[]? bytes);
        decoded = bytes ?? [];
        return ok && decoded.Length != 0 && decoded.Length <= bytesMax;
    }

    /// <summary>Decodes ASCII text. Empty text is zero bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, decoded, out _, out int written) != OperationStatus.Done)
        {
            return false;
        }
        byte[] encoded = new byte[Base64.GetMaxEncodedToUtf8Length(written)];
        Base64.EncodeToUtf8(decoded.AsSpan(0, written), encoded, out _, out _);
        if (!text.SequenceEqual(encoded))
        {
            return false;
        }
        bytes = decoded[..written];
        return true;
    }
}
