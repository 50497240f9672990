using System.Globalization;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Grpc;

/// <summary>
/// The bound on a message, <see cref="Limits.MessageBytesMax"/>. The server package bounds what travels, and not what a compressed
/// message grows to: that is bounded here.
/// </summary>
internal static class MessageLimit
{
    /// <summary>The encodings that requests may come in, each bounded in what it decompresses to.</summary>
    public static IList<ICompressionProvider> CompressionProviders { get; } =
    [
        new Bounded(new GzipCompressionProvider(CompressionLevel.Fastest)),
        new Bounded(new DeflateCompressionProvider(CompressionLevel.Fastest)),
    ];

    private static readonly Judgement TooLarge = Judgement.Refuse(
        ReasonCode.TooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the message has more than {Limits.MessageBytesMax} bytes, which is what one may have after decompression"
        )
    );

    /// <summary>The error of a message that is too large.</summary>
    public static RpcException Refusal() => Refusals.Error(TooLarge, StatusCode.ResourceExhausted);

    /// <summary>A compression whose decompressed messages are bounded.</summary>
    private sealed class Bounded(ICompressionProvider inner) : ICompressionProvider
    {
        public string EncodingName => inner.EncodingName;

        public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
            inner.CreateCompressionStream(stream, compressionLevel);

        public Stream CreateDecompressionStream(Stream stream) =>
            new BoundedStream(inner.CreateDecompressionStream(stream));
    }

    /// <summary>What a message decompresses to, up to the limit. Refuses what is beyond, and what is not compressed at all.</summary>
    private sealed class BoundedStream(Stream inner) : Stream
    {
        private int _left = Limits.MessageBytesMax;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = inner.Read(buffer);
            }
            catch (InvalidDataException)
            {
                throw Refusals.Error(ReasonCode.Malformed, "the compressed request");
            }

            _left -= read;
            return _left >= 0 ? read : throw Refusal();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
