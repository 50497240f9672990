using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Signatures;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.Signatures;

public sealed class SignatureBatchTests
{
    private const int CountMax = 1_023;

    private static readonly int[] Threads = [1, 2, 6, 12, 16, 64, 128];

    // One signature each; of three, one by an Ed25519 key, and of six, one by a P-256 key.
    private static readonly Signed[] Good = [.. Enumerable.Range(0, CountMax).Select(Sign)];

    private sealed record Signed(VerificationMethod Key, SubmittedOperation Operation, byte[] Signature);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(900)]
    [InlineData(1_023)]
    public void Verify_SomeBad_NamesExactlyThose(int count)
    {
        int[] places = [0, 1, 15, 16, 62, 63, 64, 127, count / 2, count - 2, count - 1];
        HashSet<int> bad = [.. places.Where(place => place >= 0 && place < count)];
        SignatureBatch batch = new(); // one for all: its buffers are used again
        foreach (int threads in Threads)
        {
            for (int i = 0; i < count; i++)
            {
                byte[] signature = [.. Good[i].Signature];
                signature[i % 64] ^= (byte)(bad.Contains(i) ? 1 : 0);
                batch.Add(Good[i].Key, Good[i].Operation, signature);
            }

            Assert.Equal(count, batch.Count);
            bool[] verdicts = new bool[count];
            Array.Fill(verdicts, true);
            batch.Verify(verdicts, threads);

            Assert.Equal(0, batch.Count);
            Assert.Equal(bad.Order(), Enumerable.Range(0, count).Where(i => !verdicts[i]));
        }
    }

    [Theory]
    [InlineData(KeyType.Secp256K1)]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.P256)]
    public void Verify_OfOneKind_NamesExactlyTheBad(KeyType type)
    {
        Signed[] all = [.. Enumerable.Range(0, CountMax).Where(i => TypeOf(i) == type).Select(i => Good[i])];
        SignatureBatch batch = new();
        foreach (int count in (int[])[1, 7, 8, 9, 15, 16, 17, 100, all.Length])
        {
            foreach (int threads in Threads)
            {
                for (int i = 0; i < count; i++)
                {
                    byte[] signature = [.. all[i].Signature];
                    signature[40] ^= (byte)(i % 8 == 7 || i == count - 1 ? 1 : 0);
                    batch.Add(all[i].Key, all[i].Operation, signature);
                }

                bool[] verdicts = new bool[count];
                batch.Verify(verdicts, threads);

                Assert.Equal(Enumerable.Range(0, count).Select(i => i % 8 != 7 && i != count - 1), verdicts);
            }
        }
    }

    [Fact]
    public void Verify_OfAKeyThatCannotSign_IsABug()
    {
        SignatureBatch batch = new();
        batch.Add(new VerificationMethod { Type = KeyType.Multikey }, Good[0].Operation, Good[0].Signature);
        Assert.Throws<InvalidOperationException>(() => batch.Verify(new bool[1], threads: 1));
    }

    [Fact]
    public void Verify_KeyOrOperationOfAnother_IsBad()
    {
        SignatureBatch batch = new();
        Signed one = Good[0];
        Signed other = Good[1];
        Signed edwards = Good[2];
        Assert.Equal(KeyType.Ed25519, edwards.Key.Type);
        batch.Add(one.Key, one.Operation, one.Signature);
        batch.Add(other.Key, one.Operation, one.Signature);
        batch.Add(one.Key, other.Operation, one.Signature);
        batch.Add(edwards.Key, one.Operation, edwards.Signature);
        batch.Add(Good[5].Key, edwards.Operation, edwards.Signature);
        batch.Add(edwards.Key, edwards.Operation, edwards.Signature);

        bool[] verdicts = new bool[6];
        batch.Verify(verdicts, threads: 1);

        Assert.Equal([true, false, false, false, false, true], verdicts);
    }

    private static KeyType TypeOf(int number) =>
        number % 3 == 2 ? KeyType.Ed25519
        : number % 6 == 4 ? KeyType.P256
        : KeyType.Secp256K1;

    private static Signed Sign(int number)
    {
        Signer signer = new(new ManualTime(), type: TypeOf(number));
        SignedOperation signed = signer.SignCreate();
        OperationCodec.Decode(signed, TemporaryLedger.Origin, out SubmittedOperation? operation);
        return new Signed(signer.Document.VerificationMethods[0], operation!, signed.Signatures[0].Value.ToByteArray());
    }
}
