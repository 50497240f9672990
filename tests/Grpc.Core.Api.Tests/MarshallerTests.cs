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
    public void Create_FromContexts_KeepsThemAndHasNoArrayPair()
    {
        Action<string, SerializationContext> serializer = (_, context) => context.Complete([1]);
        Func<DeserializationContext, string> deserializer = _ => "abc";
        Marshaller<string> marshaller = Marshallers.Create(serializer, deserializer);
        Assert.Same(serializer, marshaller.ContextualSerializer);
        Assert.Same(deserializer, marshaller.ContextualDeserializer);
        Assert.Throws<NotImplementedException>(() => marshaller.Serializer("abc"));
        Assert.Throws<NotImplementedException>(() => marshaller.Deserializer([1]));
    }

    [Fact]
    public void Contexts_NotOverridden_Throw()
    {
        var bare = new BareContext();
        bare.SetPayloadLength(1);
        Assert.Throws<NotImplementedException>(() => bare.Complete([1]));
        Assert.Throws<NotImplementedException>(() => bare.Complete());
        Assert.Throws<NotImplementedException>(() => bare.GetBufferWriter());
        Assert.Throws<NotImplementedException>(() => new LengthContext().PayloadAsNewBuffer());
        Assert.Throws<NotImplementedException>(() => new LengthContext().PayloadAsReadOnlySequence());
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
        Marshaller<string> request = Marshallers.StringMarshaller;
        Marshaller<string> response = Marshallers.StringMarshaller;
        var method = new Method<string, string>(
            MethodType.DuplexStreaming,
            "ledger.v1.Registry",
            "Follow",
            request,
            response
        );
        IMethod named = method;
        Assert.Equal("/ledger.v1.Registry/Follow", named.FullName);
        Assert.Equal("ledger.v1.Registry", named.ServiceName);
        Assert.Equal("Follow", named.Name);
        Assert.Equal(MethodType.DuplexStreaming, named.Type);
        Assert.Same(request, method.RequestMarshaller);
        Assert.Same(response, method.ResponseMarshaller);
    }

    private sealed class BareContext : SerializationContext;

    private sealed class LengthContext : DeserializationContext
    {
        public override int PayloadLength => 0;
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
