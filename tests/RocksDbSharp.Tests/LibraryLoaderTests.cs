using System.Reflection;
using System.Runtime.InteropServices;

namespace RocksDbSharp.Tests;

public sealed class LibraryLoaderTests
{
    [Fact]
    public void Load_NoneThere_SaysWhatWasTriedAndWhatToInstall()
    {
        List<string> tried = [];

        DllNotFoundException exception = Assert.Throws<DllNotFoundException>(() =>
            LibraryLoader.Load(
                LibraryLoader.Names,
                (string name, out nint handle) =>
                {
                    tried.Add(name);
                    handle = 0;
                    return false;
                }
            )
        );

        Assert.Equal(LibraryLoader.Names, tried);
        Assert.Contains("librocksdb.so", exception.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install librocksdb7.8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SomeThere_TakesTheFirst()
    {
        nint loaded = LibraryLoader.Load(
            LibraryLoader.Names,
            (string name, out nint handle) =>
            {
                handle = name switch
                {
                    "librocksdb.so.7.8" => 78,
                    "librocksdb.so.8.9" => 89,
                    _ => 0,
                };
                return handle != 0;
            }
        );

        Assert.Equal(78, loaded);
    }

    [Fact]
    public void Names_Order_IsUnversionedThenOldestFirst()
    {
        Assert.Equal(["librocksdb.so", "librocksdb.so.7.8", "librocksdb.so.7.9"], LibraryLoader.Names.Take(3));
        Assert.Contains("librocksdb.so.10.4", LibraryLoader.Names);
        Assert.Equal(LibraryLoader.Names.Count, LibraryLoader.Names.Distinct().Count());
    }

    [Fact]
    public void Native_EveryImport_IsExported()
    {
        nint library = LibraryLoader.Resolve(Native.Library);
        string[] imports =
        [
            .. typeof(Native)
                .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
                .Select(method => method.Name)
                .Where(name => name.StartsWith("rocksdb_", StringComparison.Ordinal)),
        ];

        Assert.InRange(imports.Length, 90, 200);
        Assert.Empty(imports.Where(name => !NativeLibrary.TryGetExport(library, name, out _)));
    }

    [Fact]
    public void Resolve_OtherLibrary_IsLeftToTheRuntime() => Assert.Equal(0, LibraryLoader.Resolve("libc"));
}
