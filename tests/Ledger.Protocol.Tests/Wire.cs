using System.Text.Unicode;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>
/// The protobuf wire format, read a second time and apart from the library: a strict reader that says whether bytes are the
/// canonical encoding of a message, and every way that we know of to write a message in other bytes.
/// </summary>
internal static class Wire
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int StartGroup = 3;
    private const int EndGroup = 4;
    private const int Fixed32 = 5;

    /// <summary>Another encoding, and the reasons that may be given for refusing it.</summary>
    public sealed record Variant(string Name, byte[] Bytes, params ReasonCode[] Reasons);

    /// <summary>One field as it stands on the wire.</summary>
    private sealed record Segment(FieldDescriptor Field, int Type, byte[] Payload)
    {
        public byte[] Raw => [.. Tag(Field.FieldNumber, Type), .. Body(Payload)];

        public byte[] Body(byte[] payload) =>
            Type == Delimited ? [.. Number((ulong)payload.Length), .. payload] : payload;

        public byte[] With(byte[] payload) => [.. Tag(Field.FieldNumber, Type), .. Body(payload)];
    }

    public static byte[] Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 0x7f; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }

    public static byte[] Tag(int number, int type) => Number(((ulong)(uint)number << 3) | (uint)type);

    /// <summary>Whether bytes are the one canonical encoding of a message, judged field by field.</summary>
    public static bool IsCanonical(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        int previous = 0;
        HashSet<OneofDescriptor> oneofs = [];
        while (!bytes.IsEmpty)
        {
            if (!TryReadNumber(ref bytes, out ulong tag) || tag > uint.MaxValue)
            {
                return false;
            }
            int number = (int)(tag >> 3);
            FieldDescriptor? field = descriptor.FindFieldByNumber(number);
            bool ascends =
                number > previous || (number == previous && field is { IsRepeated: true } && !IsPacked(field));
            if (field is null || !ascends || (int)(tag & 7) != TypeOf(field))
            {
                return false;
            }
            if (field.ContainingOneof is OneofDescriptor oneof && !oneofs.Add(oneof))
            {
                return false;
            }
            previous = number;
            if (TypeOf(field) == Varint)
            {
                if (!TryReadNumber(ref bytes, out ulong value) || !Fits(field, value))
                {
                    return false;
                }
                if (value == 0 && !field.HasPresence && !field.IsRepeated)
                {
                    return false;
                }
                continue;
            }
            if (!TryReadNumber(ref bytes, out ulong length) || length > (ulong)bytes.Length)
            {
                return false;
            }
            ReadOnlySpan<byte> payload = bytes[..(int)length];
            bytes = bytes[(int)length..];
            if (payload.IsEmpty && !field.HasPresence && (!field.IsRepeated || IsPacked(field)))
            {
                return false;
            }
            if (!PayloadIsCanonical(field, payload))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Other encodings of a message, made at every field of it and of every message in it.</summary>
    public static IEnumerable<Variant> Variants(MessageDescriptor descriptor, byte[] bytes)
    {
        List<Segment> segments = Split(descriptor, bytes);
        foreach (Variant variant in Local(descriptor, segments))
        {
            yield return variant;
        }
        for (int i = 0; i < segments.Count; i++)
        {
            Segment segment = segments[i];
            if (segment.Field.FieldType != FieldType.Message)
            {
                continue;
            }
            foreach (Variant inner in Variants(segment.Field.MessageType, segment.Payload))
            {
                yield return inner with
                {
                    Name = $"{segment.Field.Name}.{inner.Name}",
                    Bytes = Replace(segments, i, segment.With(inner.Bytes)),
                };
            }
        }
    }

    /// <summary>The message with another length before each text, list and message in it, one at a time.</summary>
    public static IEnumerable<byte[]> WithLength(MessageDescriptor descriptor, byte[] bytes, ulong length)
    {
        List<Segment> segments = Split(descriptor, bytes);
        for (int i = 0; i < segments.Count; i++)
        {
            Segment segment = segments[i];
            if (segment.Type != Delimited)
            {
                continue;
            }
            byte[] tag = Tag(segment.Field.FieldNumber, Delimited);
            yield return Replace(segments, i, [.. tag, .. Number(length), .. segment.Payload]);
            if (segment.Field.FieldType == FieldType.Message)
            {
                foreach (byte[] inner in WithLength(segment.Field.MessageType, segment.Payload, length))
                {
                    yield return Replace(segments, i, segment.With(inner));
                }
            }
        }
    }

    private static IEnumerable<Variant> Local(MessageDescriptor descriptor, List<Segment> segments)
    {
        byte[] whole = Join(segments);

        for (int i = 0; i + 1 < segments.Count; i++)
        {
            if (segments[i].Field != segments[i + 1].Field)
            {
                List<Segment> swapped = [.. segments];
                (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
                yield return Second($"{segments[i].Field.Name} after the next field", Join(swapped));
            }
        }
        for (int i = 0; i < segments.Count; i++)
        {
            foreach (Variant variant in OfSegment(segments[i]))
            {
                yield return variant with
                {
                    Bytes = Replace(segments, i, variant.Bytes),
                };
            }
        }

        HashSet<FieldDescriptor> present = [.. segments.Select(s => s.Field)];
        foreach (FieldDescriptor field in descriptor.Fields.InDeclarationOrder())
        {
            if (!present.Contains(field) && TypeOf(field) == Varint)
            {
                yield return Second($"{field.Name} on the wire with its default", Insert(segments, field, [0]));
            }
            if (!present.Contains(field) && TypeOf(field) == Delimited && field.FieldType != FieldType.Message)
            {
                if (!field.IsRepeated || IsPacked(field))
                {
                    yield return Second($"{field.Name} on the wire and empty", Insert(segments, field, [0]));
                }
            }
            if (field.ContainingOneof is not null && !present.Contains(field))
            {
                yield return Second($"{field.Name} beside another of its oneof", Insert(segments, field, [0]));
                yield return Second(
                    $"{field.Name} after another of its oneof",
                    [.. whole, .. Tag(field.FieldNumber, 2), 0]
                );
            }
            // A field of another wire type is one that the reader does not know.
            int other = TypeOf(field) == Varint ? Fixed32 : Fixed64;
            byte[] filler = other == Fixed32 ? new byte[4] : new byte[8];
            yield return Unknown(
                $"{field.Name} of another wire type",
                [.. whole, .. Tag(field.FieldNumber, other), .. filler]
            );
            yield return Unknown(
                $"{field.Name} as a group",
                [.. whole, .. Tag(field.FieldNumber, StartGroup), .. Tag(field.FieldNumber, EndGroup)]
            );
        }

        foreach (int number in (int[])[9, 15, 16, 2047, 19_000, 536_870_911])
        {
            if (descriptor.FindFieldByNumber(number) is not null)
            {
                continue;
            }
            foreach (byte[] field in UnknownFields(number))
            {
                yield return Unknown($"unknown field {number} at the end", [.. whole, .. field]);
                yield return Unknown($"unknown field {number} at the start", [.. field, .. whole]);
            }
        }

        yield return Broken("a group that does not end", [.. whole, .. Tag(15, StartGroup)]);
        yield return Broken("a group that did not start", [.. whole, .. Tag(15, EndGroup)]);
        yield return Broken("field number 0", [.. whole, 0x02, 0x00]);
        yield return Broken("a zero byte at the end", [.. whole, 0x00]);
        yield return Broken("a tag without its value", [.. whole, 0x08]);
        yield return Broken("a wire type that does not exist", [.. whole, 0x7e, 0x00]);
        yield return Broken("a wire type that does not exist either", [.. whole, 0x7f, 0x00]);
    }

    private static IEnumerable<Variant> OfSegment(Segment segment)
    {
        string name = segment.Field.Name;
        int number = segment.Field.FieldNumber;
        byte[] body = segment.Body(segment.Payload);

        if (!segment.Field.IsRepeated)
        {
            yield return Second($"{name} twice", [.. segment.Raw, .. segment.Raw]);
        }
        yield return Second($"{name} with an overlong tag", [.. Overlong(Tag(number, segment.Type)), .. body]);
        yield return Second(
            $"{name} with a tag beyond 32 bits",
            [.. Number(((ulong)(uint)number << 3) | (uint)segment.Type | (1ul << 32)), .. body]
        );
        yield return Broken(
            $"{name} with a tag of 11 bytes",
            [.. Enumerable.Repeat((byte)0x80, 10), .. Tag(number, segment.Type), .. body]
        );

        if (segment.Type == Varint)
        {
            yield return Second($"{name} as an overlong varint", segment.With(Overlong(segment.Payload)));
            yield return Second($"{name} as a varint of 10 bytes", segment.With(TenBytes(segment.Payload, 0x00)));
            yield return Second($"{name} as a varint beyond 64 bits", segment.With(TenBytes(segment.Payload, 0x02)));
            yield return Broken(
                $"{name} as a varint of 11 bytes",
                segment.With([.. Enumerable.Repeat((byte)0x80, 10), 0])
            );
            if (segment.Field.FieldType == FieldType.Enum)
            {
                yield return Second($"{name} beyond 32 bits", segment.With(Beyond32Bits(segment.Payload)));
                yield return Second($"{name} negative in 5 bytes", segment.With([0xff, 0xff, 0xff, 0xff, 0x0f]));
            }
            yield break;
        }

        byte[] tag = Tag(number, Delimited);
        yield return Second(
            $"{name} with an overlong length",
            [.. tag, .. Overlong(Number((ulong)segment.Payload.Length)), .. segment.Payload]
        );
        foreach (int near in (int[])[0, 1, 40, 150, 400])
        {
            ulong length = (ulong)(int.MaxValue - near);
            yield return Broken($"{name} of {length} bytes", [.. tag, .. Number(length), .. segment.Payload]);
        }
        yield return Broken($"{name} of negative length", [.. tag, .. Number(ulong.MaxValue), .. segment.Payload]);
        if (segment.Field.FieldType == FieldType.String)
        {
            byte[][] notUtf8 =
            [
                [0xff],
                [0x80],
                [0xc0, 0x80],
                [0xc1, 0x81],
                [0xe0, 0x80, 0xaf],
                [0xed, 0xa0, 0x80],
                [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
                [0xf4, 0x90, 0x80, 0x80],
                [0xc3],
            ];
            foreach (byte[] bytes in notUtf8)
            {
                string hex = Convert.ToHexStringLower(bytes);
                yield return Second($"{name} ends with {hex}", segment.With([.. segment.Payload, .. bytes]));
                yield return Second($"{name} starts with {hex}", segment.With([.. bytes, .. segment.Payload]));
            }
        }
        if (IsPacked(segment.Field))
        {
            byte[] values = segment.Payload; // of one byte each, in these samples
            byte[] unpacked = [.. values.SelectMany(value => (byte[])[.. Tag(number, Varint), value])];
            yield return Second($"{name} unpacked", unpacked);
            yield return Second($"{name} packed twice", [.. segment.With(values[..1]), .. segment.With(values[1..])]);
            yield return Second(
                $"{name} packed with an overlong value",
                segment.With([(byte)(values[0] | 0x80), 0x00, .. values[1..]])
            );
            if (segment.Field.FieldType == FieldType.Enum)
            {
                yield return Second(
                    $"{name} packed with a value beyond 32 bits",
                    segment.With([.. Beyond32Bits(values[..1]), .. values[1..]])
                );
            }
            yield return Second(
                $"{name} packed, then one unpacked",
                [.. segment.With(values[..^1]), .. Tag(number, Varint), values[^1]]
            );
        }
    }

    private static IEnumerable<byte[]> UnknownFields(int number) =>
        [
            [.. Tag(number, Varint), 1],
            [.. Tag(number, Varint), 0],
            [.. Tag(number, Fixed64), 1, 2, 3, 4, 5, 6, 7, 8],
            [.. Tag(number, Delimited), 0],
            [.. Tag(number, Delimited), 2, 8, 1],
            [.. Tag(number, StartGroup), 8, 1, .. Tag(number, EndGroup)],
            [.. Tag(number, Fixed32), 1, 2, 3, 4],
        ];

    private static Variant Second(string name, byte[] bytes) =>
        new(name, bytes, ReasonCode.NotCanonical, ReasonCode.Malformed);

    private static Variant Unknown(string name, byte[] bytes) => new(name, bytes, ReasonCode.UnknownField);

    private static Variant Broken(string name, byte[] bytes) => new(name, bytes, ReasonCode.Malformed);

    private static int TypeOf(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String or FieldType.Bytes or FieldType.Message => Delimited,
            FieldType.Enum or FieldType.UInt64 or FieldType.UInt32 or FieldType.Bool => IsPacked(field)
                ? Delimited
                : Varint,
            _ => throw new NotSupportedException($"{field.FullName}: teach this reader its type."),
        };

    // In proto3 every list of numbers is packed.
    private static bool IsPacked(FieldDescriptor field) =>
        field.IsRepeated && field.FieldType is not (FieldType.String or FieldType.Bytes or FieldType.Message);

    private static bool PayloadIsCanonical(FieldDescriptor field, ReadOnlySpan<byte> payload)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                return IsCanonical(field.MessageType, payload);
            case FieldType.String:
                return Utf8.IsValid(payload);
            case FieldType.Bytes:
                return true;
            default:
                while (!payload.IsEmpty)
                {
                    if (!TryReadNumber(ref payload, out ulong value) || !Fits(field, value))
                    {
                        return false;
                    }
                }
                return true;
        }
    }

    // An enum is an int32, whose negative values are sign-extended to 64 bits.
    private static bool Fits(FieldDescriptor field, ulong value) =>
        field.FieldType switch
        {
            FieldType.Enum => (long)value is >= int.MinValue and <= int.MaxValue,
            FieldType.UInt32 => value <= uint.MaxValue,
            FieldType.Bool => value <= 1,
            _ => true,
        };

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            byte b = bytes[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                bool minimal = b != 0 || i == 0;
                bool fits = i < 9 || b <= 1;
                bytes = bytes[(i + 1)..];
                return minimal && fits;
            }
        }
        return false;
    }

    private static List<Segment> Split(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        List<Segment> segments = [];
        while (!bytes.IsEmpty)
        {
            Assert.True(TryReadNumber(ref bytes, out ulong tag));
            FieldDescriptor field = descriptor.FindFieldByNumber((int)(tag >> 3));
            Assert.True(TryReadNumber(ref bytes, out ulong value));
            if ((tag & 7) == Varint)
            {
                segments.Add(new Segment(field, Varint, Number(value)));
                continue;
            }
            segments.Add(new Segment(field, Delimited, bytes[..(int)value].ToArray()));
            bytes = bytes[(int)value..];
        }
        return segments;
    }

    private static byte[] Join(IEnumerable<Segment> segments) => [.. segments.SelectMany(s => s.Raw)];

    private static byte[] Replace(List<Segment> segments, int index, byte[] raw) =>
        [.. Join(segments.Take(index)), .. raw, .. Join(segments.Skip(index + 1))];

    private static byte[] Insert(List<Segment> segments, FieldDescriptor field, byte[] body)
    {
        int at = segments.TakeWhile(s => s.Field.FieldNumber < field.FieldNumber).Count();
        byte[] raw = [.. Tag(field.FieldNumber, TypeOf(field)), .. body];
        return [.. Join(segments.Take(at)), .. raw, .. Join(segments.Skip(at))];
    }

    private static byte[] Overlong(byte[] number) => [.. number[..^1], (byte)(number[^1] | 0x80), 0x00];

    private static byte[] Beyond32Bits(byte[] oneByte) => Number(oneByte[0] | (1ul << 32));

    private static byte[] TenBytes(byte[] number, byte last)
    {
        byte[] ten = [.. Enumerable.Repeat((byte)0x80, 9), last];
        for (int i = 0; i < number.Length; i++)
        {
            ten[i] |= number[i];
        }
        return ten;
    }
}
