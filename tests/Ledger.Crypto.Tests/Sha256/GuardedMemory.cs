using System.Runtime.InteropServices;

namespace Ledger.Crypto.Tests.Sha256;

/// <summary>Pages of memory with a page before and a page behind that end the process when they are touched.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int PageBytes = 4096;
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _start;
    private readonly int _bytes;

    /// <param name="bytes">A multiple of 4,096.</param>
    public GuardedMemory(int bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mmap is called with the constants of Linux.");
        _bytes = bytes;
        _start = (byte*)Map(0, (nuint)(bytes + (2 * PageBytes)), None, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, (nint)_start);
        Assert.Equal(0, Protect(_start + PageBytes, (nuint)bytes, ReadWrite));
    }

    public Span<byte> Span => new(_start + PageBytes, _bytes);

    public void Dispose() => Assert.Equal(0, Unmap(_start, (nuint)(_bytes + (2 * PageBytes))));

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
