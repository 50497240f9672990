using System.Text;

namespace RocksDbSharp.Tests;

/// <summary>A test class whose every test has a database directory of its own.</summary>
public abstract class DatabaseTest : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected string Path => _directory.In("db");

    protected static DbOptions NewOptions() =>
        new DbOptions().SetCreateIfMissing().SetCreateMissingColumnFamilies().IncreaseParallelism(1);

    protected static ColumnFamilies WithFamilies(params string[] names)
    {
        ColumnFamilies families = [];
        foreach (string name in names)
        {
            families.Add(name, new ColumnFamilyOptions());
        }

        return families;
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(byte[]? bytes) => Encoding.UTF8.GetString(Assert.IsType<byte[]>(bytes));

    protected static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    protected string Beside(string name) => _directory.In(name);

    protected RocksDb Open(params string[] families) => RocksDb.Open(NewOptions(), Path, WithFamilies(families));

    /// <summary>The newest of the files in which RocksDB notes the options that the database is open with.</summary>
    protected string OptionsFile() =>
        File.ReadAllText(Directory.EnumerateFiles(Path, "OPTIONS-*").Order(StringComparer.Ordinal).Last());

    public virtual void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
