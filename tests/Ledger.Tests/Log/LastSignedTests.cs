using System.Text;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Tests.Log;

public sealed class LastSignedTests : IDisposable
{
    private static readonly Ed25519PrivateKey Key = TestKeys.Ed25519(0);

    private readonly TemporaryFolder _folder = new();

    private string File => LastSigned.PathIn(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_NoFile_CouldCheckNothing() => Assert.False(Check(Tree(3)));

    [Fact]
    public void Check_OlderOrSameTree_IsFine()
    {
        Write(HeadOf(Tree(0)));
        Check(Tree(0));
        Check(Tree(3));
        Write(HeadOf(Tree(3)));
        Check(Tree(3));
        Check(Tree(300));
    }

    [Fact]
    public void Check_NewerThanTheStore_IsRefused()
    {
        Write(HeadOf(Tree(4)));
        AssertRefused(Tree(3), "has already signed a checkpoint of 4");
    }

    [Fact]
    public void Check_AnotherTree_IsRefused()
    {
        Write(HeadOf(Tree(3, first: 1)));
        AssertRefused(Tree(3), "is not the one that this log has signed");
        AssertRefused(Tree(10), "is not the one that this log has signed");
    }

    [Fact]
    public void Check_FileThatIsNoCheckpointOfThisLog_IsRefusedAndSaysWhatToDo()
    {
        byte[] note = HeadOf(Tree(3)).Note.ToArray();
        using Ed25519PrivateKey other = TestKeys.Ed25519(1);
        byte[][] files =
        [
            [],
            [0],
            note[..^10],
            [.. note, (byte)'\n', 0],
            HeadOf(Tree(3), other).Note.ToArray(),
        ];
        foreach (byte[] file in files)
        {
            System.IO.File.WriteAllBytes(File, file);
            AssertRefused(Tree(3), "cannot be read");
            AssertRefused(Tree(3), "remove the file");
        }
    }

    [Fact]
    public void Write_Checkpoints_KeepsTheLastTwoInTurnAndReadsTheNewest()
    {
        using (LastSigned file = Open())
        {
            for (int size = 1; size <= 9; size++)
            {
                file.Write(HeadOf(Tree(size)).Note);
                Assert.Equal(2 * LastSigned.SlotBytes, new FileInfo(File).Length);
                Assert.Equal(size, Newest());
            }
        }

        Assert.Equal(9, Newest());
        Assert.Equal([9, 8], Slots().Select(Read)); // the first of all went into the first slot
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        Assert.Equal(
            Encoding.UTF8.GetString(HeadOf(Tree(9)).Note.Span).Split('\n'),
            System.IO.File.ReadLines(File).Take(5).Append("")
        );
    }

    [Fact]
    public void Write_FileThatIsThere_GoesOnBesideItsNewestSlot()
    {
        WriteAll(1, 2, 3);
        using (LastSigned file = Open())
        {
            file.Write(HeadOf(Tree(3)).Note); // what a start signs: it is there already
            Assert.Equal([3, 2], Slots().Select(Read));
            file.Write(HeadOf(Tree(4)).Note);
        }

        Assert.Equal([3, 4], Slots().Select(Read));
        WriteAll(5);
        Assert.Equal([5, 4], Slots().Select(Read));
    }

    [Fact]
    public void Write_SlotTornAtAnyPlace_LeavesTheOtherAndIsWrittenNext()
    {
        WriteAll(1, 2, 3);
        byte[] before = System.IO.File.ReadAllBytes(File);
        byte[] after = [.. before];
        byte[] note = HeadOf(Tree(40)).Note.ToArray();
        Array.Fill(after, (byte)'\n', LastSigned.SlotBytes, LastSigned.SlotBytes);
        note.CopyTo(after, LastSigned.SlotBytes);
        int whole = 0;
        for (int torn = 0; torn <= note.Length + 8; torn++)
        {
            // The first bytes of the new note, or its last ones: a disk writes the parts of a slot in any order.
            int cut = LastSigned.SlotBytes + torn;
            foreach (
                byte[] file in (byte[][])
                    [
                        [.. after[..cut], .. before[cut..]],
                        [.. before[..cut], .. after[cut..]],
                    ]
            )
            {
                System.IO.File.WriteAllBytes(File, file);
                long newest = Newest();
                Assert.True(newest is 3 or 40);
                whole += newest == 40 ? 1 : 0;
                WriteAll((int)newest + 1);
                Assert.Equal(newest + 1, Newest());
                Assert.Contains((int)newest, Slots().Select(Read)); // what was whole is still there
            }
        }

        Assert.InRange(whole, 2, 32);
    }

    [Fact]
    public void Write_FileOfOneNote_IsReadAndRenewed()
    {
        Write(HeadOf(Tree(3)));
        Check(Tree(3));
        AssertRefused(Tree(2), "has already signed a checkpoint of 3");
        WriteAll(4);
        Assert.Equal(2 * LastSigned.SlotBytes, new FileInfo(File).Length);
        Assert.Equal(4, Newest());
    }

    [Fact]
    public void Check_SlotsOfWhichNoneVerifies_IsRefusedAndSaysWhatToDo()
    {
        WriteAll(1, 2, 3);
        byte[] file = System.IO.File.ReadAllBytes(File);
        file[40] ^= 1;
        System.IO.File.WriteAllBytes(File, file);
        Assert.Equal(2, Newest());
        file[LastSigned.SlotBytes + 40] ^= 1;
        System.IO.File.WriteAllBytes(File, file);
        AssertRefused(Tree(3), "remove the file");

        Array.Fill(file, (byte)'\n');
        System.IO.File.WriteAllBytes(File, file);
        AssertRefused(Tree(3), "it is empty");
    }

    [Fact]
    public void Write_SecondPlace_HoldsTheSame()
    {
        string second = _folder["second"];
        using (LastSigned file = new([File, second], LogKey))
        {
            file.Write(HeadOf(Tree(1)).Note);
            file.Write(HeadOf(Tree(2)).Note);
        }

        Assert.Equal(System.IO.File.ReadAllBytes(File), System.IO.File.ReadAllBytes(second));

        // One that was away for a while has its own slots to go on with.
        WriteAll(3);
        using (LastSigned file = new([File, second], LogKey))
        {
            file.Write(HeadOf(Tree(4)).Note);
        }

        Assert.Equal([3, 4], Slots().Select(Read));
        Assert.Equal([4, 2], Slots(second).Select(Read));
    }

    [Fact]
    public void Write_CannotBeMade_ThrowsAndLeavesWhatIsThere()
    {
        Write(HeadOf(Tree(1)));
        byte[] before = System.IO.File.ReadAllBytes(File);
        Directory.CreateDirectory(File + ".new"); // a folder stands where the file should go
        using LastSigned file = Open();

        Exception told = Assert.ThrowsAny<Exception>(() => file.Write(HeadOf(Tree(2)).Note));

        Assert.True(told is IOException or UnauthorizedAccessException, told.ToString());
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Write_CrashLeftAHalfMadeFile_IsReplaced()
    {
        System.IO.File.WriteAllBytes(File + ".new", new byte[10_000]);
        WriteAll(2);
        Assert.Equal(2, Newest());
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Dispose_NothingWritten_MakesNoFile()
    {
        Open().Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static VerifierKey LogKey => VerifierKey.ForEd25519(TemporaryLedger.Origin, Key.PublicKey);

    private LastSigned Open() => new([File], LogKey);

    private void WriteAll(params int[] sizes)
    {
        using LastSigned file = Open();
        foreach (int size in sizes)
        {
            file.Write(HeadOf(Tree(size)).Note);
        }
    }

    private long Newest() => LastSigned.Newest(System.IO.File.ReadAllBytes(File), LogKey, out _)!.Value.Checkpoint.Size;

    private byte[][] Slots(string? file = null) =>
        [.. System.IO.File.ReadAllBytes(file ?? File).Chunk(LastSigned.SlotBytes)];

    private static int Read(byte[] slot)
    {
        byte[] note = [.. slot.AsSpan().TrimEnd((byte)'\n'), (byte)'\n'];
        return Checkpoint.TryOpen(note, LogKey, out Checkpoint? checkpoint, out _) ? (int)checkpoint.Size : -1;
    }

    private void Write(LogHead head) => System.IO.File.WriteAllBytes(File, head.Note.ToArray());

    private bool Check(TreeView tree) => LastSigned.Check(File, LogKey, tree);

    private void AssertRefused(TreeView tree, string what)
    {
        StoreException refused = Assert.Throws<StoreException>(() => Check(tree));
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
    }

    private static TreeView Tree(int size, int first = 0)
    {
        MerkleTree tree = new(new TileCache((_, _) => throw new InvalidOperationException()));
        tree.Append(ReferenceTree.Leaves(first, size));
        return tree.View();
    }

    private static LogHead HeadOf(TreeView tree, Ed25519PrivateKey? key = null)
    {
        Checkpoint checkpoint = new(TemporaryLedger.Origin, tree.Size, tree.Root(tree.Size));
        return new LogHead(tree, checkpoint, checkpoint.Sign(key ?? Key), timeMs: 0);
    }
}
