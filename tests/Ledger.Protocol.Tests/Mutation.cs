namespace Ledger.Protocol.Tests;

/// <summary>Random damage to valid bytes.</summary>
internal static class Mutation
{
    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x08, 0x0a, 0x10, 0x12, 0x1a, 0x20, 0x7f, 0x80, 0xff];

    /// <summary>One of the samples after one to three changes.</summary>
    public static byte[] Of(Random random, byte[][] samples)
    {
        List<byte> bytes = [.. samples[random.Next(samples.Length)]];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            Change(random, bytes, samples);
        }
        return [.. bytes];
    }

    private static void Change(Random random, List<byte> bytes, byte[][] samples)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, 12), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Telling[random.Next(Telling.Length)];
                break;
            case 2:
                bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                break;
            case 3 when length > 0:
                bytes.RemoveRange(at, length);
                break;
            case 4 when length > 0:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 5:
                byte[] other = samples[random.Next(samples.Length)];
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 40), other.Length - from)).ToArray());
                break;
            case 6 when at < bytes.Count:
                bytes[at]++;
                break;
            case 7:
                bytes.InsertRange(at, Extreme(random));
                break;
            case 8 when at < bytes.Count:
                bytes.RemoveAt(at);
                bytes.InsertRange(at, Extreme(random));
                break;
        }
    }

    // Numbers at which a reader's arithmetic overflows.
    private static byte[] Extreme(Random random)
    {
        ulong[] edges = [int.MaxValue, uint.MaxValue, 1ul << 32, long.MaxValue, ulong.MaxValue];
        ulong near = edges[random.Next(edges.Length)];
        return Wire.Number(near - (ulong)(random.Next(2) == 0 ? random.Next(4) : random.Next(700)));
    }
}
