using System.Collections.Concurrent;
using System.Text;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Testing;

namespace Ledger.Witness.Tests;

public sealed class CheckpointWitnessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddCheckpoint_OfAGrowingLog_IsCosignedWithEachKey(bool postQuantum)
    {
        using WitnessScene scene = new(postQuantum: postQuantum);

        scene.Cosign(0, 0);
        scene.Cosign(0, 1);
        for (int size = 2; size <= 40; size++)
        {
            scene.Cosign(size - 1, size);
        }
        scene.Cosign(40, 40);
    }

    [Fact]
    public void AddCheckpoint_EveryPairOfSizes_IsCosigned()
    {
        for (int oldSize = 0; oldSize <= 17; oldSize++)
        {
            for (int size = Math.Max(1, oldSize); size <= 17; size++)
            {
                using WitnessScene scene = new();
                scene.Cosign(0, oldSize);
                scene.Cosign(oldSize, size);
            }
        }
    }

    [Fact]
    public void AddCheckpoint_Cosigned_SaysTheTime()
    {
        using WitnessScene scene = new();

        WitnessAnswer answer = scene.Witness.AddCheckpoint(scene.Log.Request(0, 5));

        Assert.Equal(scene.Time.NowMs / 1_000, scene.Verify(scene.Log.At(5), answer.Text).Single().Time);
    }

    [Fact]
    public void AddCheckpoint_TheSameAgain_IsSignedOnceASecond()
    {
        using WitnessScene scene = new(postQuantum: true); // whose signatures differ each time
        scene.Cosign(0, 5);

        string first = scene.Witness.AddCheckpoint(scene.Log.Request(5, 5)).Text;
        string again = scene.Witness.AddCheckpoint(scene.Log.Request(5, 5)).Text;
        scene.Time.Now += TimeSpan.FromSeconds(1);
        string later = scene.Witness.AddCheckpoint(scene.Log.Request(5, 5)).Text;
        byte[] extended = SignedNote.Sign(scene.Log.At(5).Body + "more\n", WitnessScene.Origin, scene.Log.Key);
        string other = scene.Witness.AddCheckpoint(AddCheckpointRequest.Write(5, [], extended)).Text;

        Assert.Equal(first, again);
        Assert.NotEqual(first, later);
        Assert.NotEqual(later, other); // Ed25519 signs the whole text
    }

    [Fact]
    public void AddCheckpoint_AfterARestart_GoesOnWhereItWas()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);

        scene.Restart();

        Is(scene, scene.Log.Request(0, 9), 409, "7\n");
        scene.Cosign(7, 9);
        scene.Restart();
        scene.Cosign(9, 9);
    }

    [Fact]
    public void AddCheckpoint_FromAnotherSize_IsToldTheLast()
    {
        using WitnessScene scene = new();
        Is(scene, scene.Log.Request(3, 7), 409, "0\n");
        scene.Cosign(0, 7);

        foreach (int oldSize in (int[])[0, 6, 8, 40])
        {
            Is(scene, scene.Log.Request(oldSize, 40), 409, "7\n");
        }
        Is(scene, scene.Log.Request(0, 5), 409, "7\n"); // a log that shrinks
        Is(scene, scene.Log.Request(5, 5), 409, "7\n");
        Assert.Equal("text/x.tlog.size", scene.Witness.AddCheckpoint(scene.Log.Request(0, 9)).ContentType);
        scene.Cosign(7, 8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void AddCheckpoint_OfAFork_IsRefusedForEver(int partsAt)
    {
        using WitnessScene scene = new();
        using ReferenceLog fork = new(WitnessScene.Origin, 40, history: 1, partsAt: partsAt);
        scene.Cosign(0, 7);

        for (int round = 0; round < 2; round++)
        {
            Is(scene, fork.Request(7, 7), 409, "7\n"); // two trees of one size
            for (int size = 8; size <= 40; size++)
            {
                Is(scene, fork.Request(7, size), 422);
            }
            scene.Restart();
        }
        scene.Cosign(7, 8);
    }

    [Fact]
    public void AddCheckpoint_OfAForkThatPartsLater_IsCosignedOnce()
    {
        using WitnessScene scene = new();
        using ReferenceLog fork = new(WitnessScene.Origin, 40, history: 1, partsAt: 7);
        scene.Cosign(0, 7);
        scene.Cosign(7, 9);

        Is(scene, fork.Request(7, 9), 409, "9\n");
        Is(scene, fork.Request(9, 9), 409, "9\n");
        Is(scene, fork.Request(9, 12), 422);
    }

    [Fact]
    public void AddCheckpoint_TheEmptyTreeWithAnotherRoot_IsRefused()
    {
        using WitnessScene scene = new();
        byte[] note = new Checkpoint(WitnessScene.Origin, 0, new byte[32]).Sign(scene.Log.Key);

        Is(scene, AddCheckpointRequest.Write(0, [], note), 409, "0\n");
    }

    public static TheoryData<string, int> Bent =>
        new()
        {
            { "proof cut", 422 },
            { "proof with one more", 422 },
            { "proof of other sizes", 422 },
            { "proof missing", 422 },
            { "proof of the empty tree", 422 },
            { "64 hashes", 400 },
            { "hash of 31 bytes", 400 },
            { "hash with blanks", 400 },
            { "old above the size", 400 },
            { "old with a leading zero", 400 },
            { "old negative", 400 },
            { "old too large", 400 },
            { "no old line", 400 },
            { "no empty line", 400 },
            { "carriage returns", 400 },
            { "no note", 400 },
            { "no checkpoint", 400 },
            { "nothing", 400 },
            { "too large", 400 },
            { "signature of another key", 403 },
            { "signature of the witness", 403 },
            { "wrong signature", 403 },
            { "wrong signature beside a right one", 403 },
            { "another origin", 404 },
        };

    [Theory]
    [MemberData(nameof(Bent))]
    public void AddCheckpoint_Bent_IsRefusedWithItsStatus(string bend, int status)
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        string good = Encoding.UTF8.GetString(scene.Log.Request(7, 13));
        string[] proof = [.. scene.Log.Proof(7, 13).Select(Convert.ToBase64String)];
        string note = Encoding.UTF8.GetString(scene.Log.Note(13));
        using Ed25519PrivateKey stranger = TestKeys.Ed25519(9);
        string strange = Encoding.UTF8.GetString(SignedNote.Sign(scene.Log.At(13).Body, WitnessScene.Origin, stranger));
        string wrong = note[..^10] + "AAAAAAAA=\n";

        string body = bend switch
        {
            "proof cut" => Of(7, proof[..^1], note),
            "proof with one more" => Of(7, [.. proof, proof[0]], note),
            "proof of other sizes" => Of(7, [.. scene.Log.Proof(6, 13).Select(Convert.ToBase64String)], note),
            "proof missing" => Of(7, [], note),
            "proof of the empty tree" => Of(7, [proof[0]], Encoding.UTF8.GetString(scene.Log.Note(7))),
            "64 hashes" => Of(7, [.. Enumerable.Repeat(proof[0], 64)], note),
            "hash of 31 bytes" => Of(7, [Convert.ToBase64String(new byte[31])], note),
            "hash with blanks" => Of(7, [" " + proof[0], .. proof[1..]], note),
            "old above the size" => Of(14, proof, note),
            "old with a leading zero" => good.Replace("old 7", "old 07", StringComparison.Ordinal),
            "old negative" => good.Replace("old 7", "old -7", StringComparison.Ordinal),
            "old too large" => good.Replace("old 7", "old 9223372036854775808", StringComparison.Ordinal),
            "no old line" => good["old 7\n".Length..],
            "no empty line" => good.Replace("\n\n", "\n", StringComparison.Ordinal),
            "carriage returns" => good.ReplaceLineEndings("\r\n"),
            "no note" => Of(7, proof, ""),
            "no checkpoint" => Of(
                7,
                proof,
                Encoding.UTF8.GetString(SignedNote.Sign("text\n", WitnessScene.Origin, scene.Log.Key))
            ),
            "nothing" => "",
            "too large" => good + new string('a', Limits.WitnessRequestBytesMax),
            "signature of another key" => Of(7, proof, strange),
            "signature of the witness" => Of(
                7,
                proof,
                $"{scene.Log.At(13).Body}\n{scene.Cosigners[0].Cosign(Encoding.UTF8.GetBytes(scene.Log.At(13).Body), 1)}"
            ),
            "wrong signature" => Of(7, proof, wrong),
            "wrong signature beside a right one" => Of(7, proof, note + wrong.Split("\n\n")[1]),
            "another origin" => good.Replace("log.example/a", "log.example/b", StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(bend)),
        };

        Is(scene, Encoding.UTF8.GetBytes(body), status);
        scene.Cosign(7, 13); // and it is as it was

        static string Of(int oldSize, string[] proof, string note) =>
            $"old {oldSize}\n{string.Concat(proof.Select(static hash => hash + "\n"))}\n{note}";
    }

    [Fact]
    public void AddCheckpoint_MutatedRequests_NeverThrowAndCosignNothingElse()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        Random random = Seeds.Random(20261128);
        byte[][] samples = [scene.Log.Request(7, 13), scene.Log.Request(7, 7), scene.Log.Request(0, 7)];
        Dictionary<int, int> answers = [];
        for (int i = 0; i < 20_000; i++)
        {
            List<byte> bytes = [.. samples[random.Next(samples.Length)]];
            for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(5))
                {
                    case 0:
                        bytes[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 50), bytes.Count - at));
                        break;
                    case 2:
                        bytes.Insert(at, (byte)random.Next(256));
                        break;
                    case 3:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 50), bytes.Count - at)));
                        break;
                    default:
                        byte[] other = samples[random.Next(samples.Length)];
                        int from = random.Next(other.Length);
                        bytes.InsertRange(at, other.AsSpan(from, Math.Min(60, other.Length - from)).ToArray());
                        break;
                }
            }

            WitnessAnswer answer = scene.Witness.AddCheckpoint(bytes.ToArray());
            answers[answer.Status] = answers.GetValueOrDefault(answer.Status) + 1;
            if (answer.Status == 200)
            {
                // A second line of the same signature, or a change that was taken back: only the true trees.
                byte[] body = bytes.ToArray();
                Assert.True(AddCheckpointRequest.TryParse(body, out AddCheckpointRequest? request, out _));
                Assert.True(Checkpoint.TryParse(request.Note.Text, out Checkpoint? checkpoint, out _));
                Assert.Equal(scene.Log.At((int)checkpoint.Size), checkpoint);
                if (checkpoint.Size != 7)
                {
                    break; // it has gone on, and every further sample is of the past
                }
            }
            else
            {
                Assert.Contains(answer.Status, (int[])[400, 403, 404, 409, 422]);
            }
        }

        Assert.True(answers.Count >= 4, string.Join(" ", answers));
    }

    [Fact]
    public async Task AddCheckpoint_OfManyForksAtOnce_CosignsOneTreeOfASize()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 5);
        ReferenceLog[] forks =
        [
            .. Enumerable.Range(0, 12).Select(static i => new ReferenceLog(WitnessScene.Origin, 30, i, partsAt: 5)),
        ];
        ConcurrentBag<Checkpoint> cosigned = [];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            (i, _) =>
            {
                Random random = new(i);
                ReferenceLog fork = forks[random.Next(forks.Length)];
                int oldSize = 5 + random.Next(20);
                int size = oldSize + random.Next(1, 4);
                WitnessAnswer answer = scene.Witness.AddCheckpoint(fork.Request(oldSize, size));
                if (answer.Status == 409 && int.Parse(answer.Text) is var last && last < 30)
                {
                    size = last + 1;
                    answer = scene.Witness.AddCheckpoint(fork.Request(last, size));
                }
                if (answer.Status == 200)
                {
                    scene.Verify(fork.At(size), answer.Text);
                    cosigned.Add(fork.At(size));
                }
                return ValueTask.CompletedTask;
            }
        );
        Array.ForEach(forks, static fork => fork.Dispose());

        Assert.NotEmpty(cosigned);
        Assert.All(
            cosigned.GroupBy(static checkpoint => checkpoint.Size),
            static ofSize => Assert.Single(ofSize.Distinct())
        );
    }

    [Fact]
    public void AddCheckpoint_WhenTheMemoryCannotBeWritten_CosignsNothingAnyMore()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        string[] files = Directory.GetFiles(scene.Folder);
        string memory = files.Single(static file => Path.GetFileName(file).Length == 64);
        Directory.CreateDirectory(memory + ".new"); // the new file cannot be made

        Assert.Throws<WitnessException>(() => scene.Witness.AddCheckpoint(scene.Log.Request(7, 9)));
        Directory.Delete(memory + ".new");
        Assert.Throws<WitnessException>(() => scene.Witness.AddCheckpoint(scene.Log.Request(7, 9)));

        scene.Restart();
        scene.Cosign(7, 9);
    }

    [Fact]
    public void Constructor_AnOriginThatNoCosignatureHasRoomFor_IsRefused()
    {
        using WitnessScene scene = new();
        using ReferenceLog log = new(new string('a', 256), 1);
        scene.Witness.Dispose();
        using WitnessFolder folder = WitnessFolder.Open(scene.Folder, [scene.Cosigners[0].Key]);

        Assert.Throws<WitnessException>(() =>
            new CheckpointWitness(folder, scene.Cosigners, [log.Verifier], scene.Time)
        );
    }

    private static void Is(WitnessScene scene, byte[] request, int status, string? text = null)
    {
        WitnessAnswer answer = scene.Witness.AddCheckpoint(request);
        Assert.Equal((status, text ?? answer.Text), (answer.Status, answer.Text));
    }
}
