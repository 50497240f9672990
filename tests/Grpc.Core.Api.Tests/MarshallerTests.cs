using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Core.Api.Tests;

public class MarshallerTests
{
    [Fact]
    public void StringMarshaller_Text_IsUtf8()
    {
        Assert.Equal([0xC3, 0xA9], Marshallers.StringMarshaller.Serializer("é"));
        Assert.Equal("é", Marshallers.StringMarshaller.Deserializer([0xC3, 0xA9]));
    }

    [Fact]
    public void Create_FromArrays_DerivesTheContextualPair()
    {
        Marshaller<string> marshaller = Marshallers.Create(
            Marshallers.StringMarshaller.Serializer,
            Marshallers.StringMarshaller.Deserializer
        );
        var context = new RecordingSerializationContext();
        marshaller.ContextualSerializer("abc", context);
        Assert.Equal("abc"u8.ToArray(), context.Payload);
        Assert.Equal("abc", marshaller.ContextualDeserializer(new FixedDeserializationContext("abc"u8.ToArray())));
    }

    [Fact]
    public void Create_FromContextsWithArrays_DerivesTheArrayPair()
    {
        Marshaller<string> marshaller = Marshallers.Create<string>(
            (text, context) => context.Complete(System.Text.Encoding.UTF8.GetBytes(text)),
            context =>
            {
                Assert.Equal(3, context.PayloadLength);
                return System.Text.Encoding.UTF8.GetString(context.PayloadAsNewBuffer());
            }
        );
        Assert.Equal("abc"u8.ToArray(), marshaller.Serializer("abc"));
        Assert.Equal("abc", marshaller.Deserializer("abc"u8.ToArray()));
    }

    /// <summary>The way of generated code.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Create_FromContextsWithBuffers_DerivesTheArrayPair(int lengthHint)
    {
        Marshaller<object> marshaller = Marshallers.Create<object>(
            (number, context) =>
            {
                context.SetPayloadLength(lengthHint);
                IBufferWriter<byte> writer = context.GetBufferWriter();
                BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), (int)number);
                writer.Advance(4);
                context.Complete();
            },
            context => BinaryPrimitives.ReadInt32BigEndian(context.PayloadAsReadOnlySequence().FirstSpan)
        );
        Assert.Equal([1, 2, 3, 4], marshaller.Serializer(0x01020304));
        Assert.Equal(0x01020304, marshaller.Deserializer([1, 2, 3, 4]));
    }

    [Fact]
    public void Create_Null_Throws()
    {
        Func<string, byte[]> serializer = Marshallers.StringMarshaller.Serializer;
        Func<byte[], string> deserializer = Marshallers.StringMarshaller.Deserializer;
        Assert.Throws<ArgumentNullException>(() => Marshallers.Create(null!, deserializer));
        Assert.Throws<ArgumentNullException>(() => Marshallers.Create(serializer, null!));
        Assert.Throws<ArgumentNullException>(() => Marshallers.Create<string>(null!, _ => ""));
        Assert.Throws<ArgumentNullException>(() => Marshallers.Create<string>((_, _) => { }, null!));
    }

    [Fact]
    public void Method_FullName_IsThePathOnTheWire()
    {
        var method = new Method<string, string>(
            MethodType.DuplexStreaming,
            "ledger.v1.Registry",
            "Follow",
            Marshallers.StringMarshaller,
            Marshallers.StringMarshaller
        );
        IMethod named = method;
        Assert.Equal("/ledger.v1.Registry/Follow", named.FullName);
        Assert.Equal("ledger.v1.Registry", named.ServiceName);
        Assert.Equal("Follow", named.Name);
        Assert.Equal(MethodType.DuplexStreaming, named.Type);
        Assert.Same(Marshallers.StringMarshaller, method.RequestMarshaller);
        Assert.Same(Marshallers.StringMarshaller, method.ResponseMarshaller);
    }

    private sealed class RecordingSerializationContext : SerializationContext
    {
        public byte[]? Payload { get; private set; }

        public override void Complete(byte[] payload) => Payload = payload;
    }

    private sealed class FixedDeserializationContext(byte[] payload) : DeserializationContext
    {
        public override int PayloadLength => payload.Length;

        public override byte[] PayloadAsNewBuffer() => payload;
    }
}
