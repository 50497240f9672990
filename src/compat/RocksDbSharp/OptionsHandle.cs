namespace RocksDbSharp;

/// <summary>Options of a database and of a column family, as RocksDB keeps them together.</summary>
/// <remarks>
/// RocksDB copies options when a database is opened; changing them afterwards changes nothing that is open.
/// Not safe for use by two threads at a time.
/// </remarks>
public abstract class OptionsHandle
{
    private protected OptionsHandle() { }

    internal OptionsSafeHandle Safe { get; } = Native.rocksdb_options_create();
}

/// <summary>The setters of <see cref="DbOptions"/> and <see cref="ColumnFamilyOptions"/>, each of which returns its object.</summary>
/// <remarks>
/// Settings of the database take effect in the options that it is opened with, settings of a column family in the options
/// of that column family; RocksDB ignores the others. Defaults are those of the RocksDB that is loaded.
/// </remarks>
/// <typeparam name="T">The class itself.</typeparam>
public abstract partial class Options<T> : OptionsHandle
    where T : Options<T>
{
    private protected Options() { }
}

/// <summary>Options of a database; of its default column family too when it is opened without a list.</summary>
public class DbOptions : Options<DbOptions>;

/// <summary>Options of a column family.</summary>
public class ColumnFamilyOptions : Options<ColumnFamilyOptions>;
