using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Net.Common.Tests;

public class CompressionTests
{
    public static TheoryData<ICompressionProvider, string, byte[]> Providers =>
        new()
        {
            { new GzipCompressionProvider(CompressionLevel.Fastest), "gzip", [0x1F, 0x8B] }, // RFC 1952, section 2.3.1
            { new DeflateCompressionProvider(CompressionLevel.Fastest), "deflate", [0x78] }, // RFC 1950, section 2.2
        };

    [Theory]
    [MemberData(nameof(Providers))]
    public void CompressionStream_DisposedOf_LeavesAWholeCompressedMessageAndAnOpenStream(
        ICompressionProvider provider,
        string encoding,
        byte[] magic
    )
    {
        Assert.Equal(encoding, provider.EncodingName);
        byte[] message = new byte[10_000];
        foreach (CompressionLevel? level in new CompressionLevel?[] { null, CompressionLevel.SmallestSize })
        {
            var compressed = new MemoryStream();
            using (Stream stream = provider.CreateCompressionStream(compressed, level))
            {
                stream.Write(message);
            }

            Assert.True(compressed.CanWrite);
            Assert.InRange(compressed.Length, 1, 200);
            Assert.Equal(magic, compressed.ToArray()[..magic.Length]);

            compressed.Position = 0;
            var inflated = new MemoryStream();
            using (Stream stream = provider.CreateDecompressionStream(compressed))
            {
                stream.CopyTo(inflated);
            }

            Assert.Equal(message, inflated.ToArray());
        }
    }

    [Fact]
    public void CompressionStream_LevelNoCompression_IsUsedUnlessAnotherIsAskedFor()
    {
        var provider = new GzipCompressionProvider(CompressionLevel.NoCompression);
        Assert.True(Compress(null) > 10_000);
        Assert.True(Compress(CompressionLevel.Optimal) < 200);

        long Compress(CompressionLevel? level)
        {
            var compressed = new MemoryStream();
            using (Stream stream = provider.CreateCompressionStream(compressed, level))
            {
                stream.Write(new byte[10_000]);
            }

            return compressed.Length;
        }
    }
}
