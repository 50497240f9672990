using System.Collections.Concurrent;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Tests.Log;

public sealed class LastSignedTests : IDisposable
{
    private static readonly Ed25519PrivateKey Key = TestKeys.Ed25519(0);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<Exception> _told = new();

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
    public void Dispose_Noted_HasWrittenTheNewest()
    {
        LastSigned file = new([File], _told.Enqueue);
        file.Note(HeadOf(Tree(1)));
        Assert.False(System.IO.File.Exists(File)); // not before it is started
        file.Start();
        for (int size = 2; size <= 50; size++)
        {
            file.Note(HeadOf(Tree(size)));
        }

        file.Dispose();

        Assert.Equal(HeadOf(Tree(50)).Note.ToArray(), System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        Assert.Empty(_told);
    }

    [Fact]
    public void Dispose_NeverStarted_WritesNothing()
    {
        LastSigned file = new([File], _told.Enqueue);
        file.Note(HeadOf(Tree(1)));
        file.Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Dispose_NothingNewer_LeavesTheFileAlone()
    {
        LastSigned file = new([File], _told.Enqueue);
        file.Start();
        file.Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Run_CannotBeWritten_IsToldOnceAndTheOldFileStays()
    {
        Write(HeadOf(Tree(1)));
        byte[] before = System.IO.File.ReadAllBytes(File);
        Directory.CreateDirectory(File + ".new"); // a folder stands where the file should go
        LastSigned file = new([File], _told.Enqueue);
        file.Start();
        file.Note(HeadOf(Tree(2)));
        file.Dispose();

        Exception told = Assert.Single(_told);
        Assert.True(told is IOException or UnauthorizedAccessException, told.ToString());
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Run_CrashLeftAHalfWrittenFile_IsReplaced()
    {
        System.IO.File.WriteAllBytes(File + ".new", new byte[10_000]);
        LastSigned file = new([File], _told.Enqueue);
        file.Start();
        file.Note(HeadOf(Tree(2)));
        file.Dispose();
        Assert.Equal(HeadOf(Tree(2)).Note.ToArray(), System.IO.File.ReadAllBytes(File));
        Assert.Empty(_told);
    }

    private void Write(LogHead head) => System.IO.File.WriteAllBytes(File, head.Note.ToArray());

    private bool Check(TreeView tree) =>
        LastSigned.Check(File, VerifierKey.ForEd25519(TemporaryLedger.Origin, Key.PublicKey), tree);

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
