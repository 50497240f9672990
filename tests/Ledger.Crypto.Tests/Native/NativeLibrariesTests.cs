using Ledger.Crypto.Native;

namespace Ledger.Crypto.Tests.Native;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void Load_NoneThere_NamesFilesAndRemedy()
    {
        DllNotFoundException missing = Assert.Throws<DllNotFoundException>(() =>
            NativeLibraries.Load(["libledger-absent.so.2", "libledger-absent.so.1"], "Install libledger-absent.")
        );
        Assert.Contains("libledger-absent.so.2, libledger-absent.so.1", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Install libledger-absent.", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FirstAbsent_TakesTheNext()
    {
        Assert.NotEqual(0, NativeLibraries.Load(["libledger-absent.so.1", .. LibCrypto.FileNames], ""));
    }
}
