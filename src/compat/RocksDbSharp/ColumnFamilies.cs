using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace RocksDbSharp;

/// <summary>A column family of an open database, from <see cref="RocksDb.GetColumnFamily"/>.</summary>
[SuppressMessage("Naming", "CA1715", Justification = "The name it has in the library that this one stands for.")]
public interface ColumnFamilyHandle
{
    /// <summary>The <c>rocksdb_column_family_handle_t*</c>. Dangling once the database is disposed.</summary>
    IntPtr Handle { get; }
}

/// <summary>The column families to open a database with, each with its options; "default" is always one of them.</summary>
public class ColumnFamilies : IEnumerable<ColumnFamilies.Descriptor>
{
    /// <summary>The name of the column family that every database has.</summary>
    public static readonly string DefaultName = "default";

    private readonly List<Descriptor> _descriptors;

    /// <summary>Starts the list with the default column family.</summary>
    /// <param name="options">The options of the default column family; RocksDB's own defaults when null.</param>
    public ColumnFamilies(ColumnFamilyOptions? options = null) =>
        _descriptors = [new Descriptor(DefaultName, options ?? new ColumnFamilyOptions())];

    internal ColumnFamilies(OptionsHandle defaultFamily) => _descriptors = [new Descriptor(DefaultName, defaultFamily)];

    /// <summary>The names, in the order they were added, "default" first.</summary>
    public IEnumerable<string> Names => _descriptors.Select(static descriptor => descriptor.Name);

    /// <summary>Adds a column family; "default" replaces the one that is there.</summary>
    /// <param name="descriptor">Its name and options.</param>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(Descriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (descriptor.Name == DefaultName)
        {
            _descriptors[0] = descriptor;
        }
        else if (_descriptors.Exists(other => other.Name == descriptor.Name))
        {
            throw new ArgumentException($"There is a column family '{descriptor.Name}' already.", nameof(descriptor));
        }
        else
        {
            _descriptors.Add(descriptor);
        }
    }

    /// <summary>Adds a column family; "default" replaces the one that is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(string name, ColumnFamilyOptions options) => Add(new Descriptor(name, options));

    /// <inheritdoc/>
    public IEnumerator<Descriptor> GetEnumerator() => _descriptors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A column family's name and options.</summary>
    public class Descriptor
    {
        /// <summary>Describes a column family.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="options">Its options.</param>
        public Descriptor(string name, ColumnFamilyOptions options)
            : this(name, (OptionsHandle)options) { }

        internal Descriptor(string name, OptionsHandle options)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(options);
            Name = name;
            AnyOptions = options;
        }

        /// <summary>The column family's name.</summary>
        public string Name { get; }

        /// <summary>The column family's options.</summary>
        public ColumnFamilyOptions Options => (ColumnFamilyOptions)AnyOptions;

        // The default column family of a database opened without a list takes the database's own options object.
        internal OptionsHandle AnyOptions { get; }
    }
}
