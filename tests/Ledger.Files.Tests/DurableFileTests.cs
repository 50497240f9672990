using Ledger.Testing;

namespace Ledger.Files.Tests;

public sealed class DurableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NewAndAgain_LeavesTheLastWholeAndNothingElse()
    {
        string path = _folder["file"];
        DurableFile.Write(path, new byte[5_000]);
        Assert.Equal(5_000, new FileInfo(path).Length);
        DurableFile.Write(path, "short"u8);
        Assert.Equal("short", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_CannotBeWritten_LeavesTheOldOne()
    {
        string path = _folder["file"];
        DurableFile.Write(path, "old"u8);
        Directory.CreateDirectory(path + ".new");
        Assert.ThrowsAny<Exception>(() => DurableFile.Write(path, "new"u8));
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public void MakeFolder_AnyDepth_MakesThoseThatAreMissing()
    {
        string path = _folder["a/b/c"];
        DurableFile.MakeFolder(path);
        DurableFile.MakeFolder(path + "/");
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void SyncFolder_NoSuchFolder_SaysWhich()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows syncs no folders.");
        DurableFile.SyncFolder(_folder.Path);
        IOException failure = Assert.Throws<IOException>(() => DurableFile.SyncFolder(_folder["none"]));
        Assert.Contains(_folder["none"], failure.Message, StringComparison.Ordinal);
    }
}
