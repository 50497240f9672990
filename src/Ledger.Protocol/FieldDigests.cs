using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>A field by name, and the salt that keeps its value from being guessed.</summary>
/// <param name="Name">1 to 64 of <c>a-z 0-9 . _ : -</c>.</param>
/// <param name="Salt">At least 16 random bytes that were never used before.</param>
/// <param name="Value">The value: any bytes, up to <see cref="FieldDigests.ValueBytesMax"/>; may be empty.</param>
public sealed record SaltedField(string Name, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Value);

/// <summary>
/// Selective disclosure: a set of named fields, each with a salt, of which the ledger holds the root alone
/// (<c>TokenContent.fields_root</c>). Whoever has salts and values shows one field and proves it; of the others nothing is told.
/// </summary>
/// <remarks>
/// <para>
/// The leaf of a field is "ledger.v1.Field\n" ‖ part(salt) ‖ part(name) ‖ part(value), where part(x) is the length of x in 4 bytes,
/// big-endian, and then x. The leaves stand in the order of the names, by bytes, and the root is that of their RFC 6962 Merkle tree. A path
/// is an inclusion proof of that tree.
/// </para>
/// <para>
/// What a path does tell is about how many fields there are, and where the shown one stands among their names. Who would hide that too
/// adds fields without meaning. The number itself is what the path is computed with; it is not proven, because trees of several sizes
/// have paths of one shape.
/// </para>
/// </remarks>
public sealed class FieldDigests
{
    /// <summary>Most fields.</summary>
    public const int FieldsMax = 1_024;

    /// <summary>Longest value, in bytes.</summary>
    public const int ValueBytesMax = 64 * 1024;

    private readonly SaltedField[] _fields;
    private readonly Tree _tree;

    private FieldDigests(SaltedField[] fields)
    {
        _fields = fields;
        _tree = new Tree(fields);
    }

    /// <summary>The fields, by name.</summary>
    public IReadOnlyList<SaltedField> Fields => _fields;

    /// <summary>The root, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Root => _tree.Root;

    /// <summary>Makes the digests of fields.</summary>
    /// <param name="fields">1 to <see cref="FieldsMax"/> fields with distinct names, in any order.</param>
    /// <exception cref="ArgumentException">A field is not of its form, two have one name, or there are none or too many.</exception>
    public static FieldDigests Of(IEnumerable<SaltedField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        SaltedField[] ordered = [.. fields.OrderBy(static field => field.Name, StringComparer.Ordinal)];
        if (ordered.Length is 0 or > FieldsMax)
        {
            throw new ArgumentException($"There are 1 to {FieldsMax} fields.", nameof(fields));
        }
        for (int i = 0; i < ordered.Length; i++)
        {
            if (FindProblem(ordered[i]) is { } problem)
            {
                throw new ArgumentException(problem, nameof(fields));
            }
            if (i > 0 && ordered[i].Name == ordered[i - 1].Name)
            {
                throw new ArgumentException($"Two fields have the name {ordered[i].Name}.", nameof(fields));
            }
        }
        return new FieldDigests(ordered);
    }

    /// <summary>Shows one field.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is no field of that name.</exception>
    public FieldDisclosure Disclose(string name)
    {
        int index = Array.FindIndex(_fields, field => field.Name == name);
        return index >= 0
            ? new FieldDisclosure(_fields[index], index, _fields.Length, _tree.Path(index))
            : throw new ArgumentException($"There is no field {name}.", nameof(name));
    }

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    internal static string? FindProblem(SaltedField field) =>
        !TextSyntax.IsId(field.Name) ? $"'{field.Name}' cannot name a field."
        : field.Salt.Length < Commitments.SaltBytesMin
            ? $"The salt of {field.Name} is shorter than {Commitments.SaltBytesMin} bytes."
        : field.Value.Length > ValueBytesMax ? $"The value of {field.Name} is longer than {ValueBytesMax} bytes."
        : null;

    /// <summary>Computes the leaf hash of a field.</summary>
    internal static void HashField(SaltedField field, Span<byte> destination)
    {
        ReadOnlySpan<byte> domain = "ledger.v1.Field\n"u8;
        byte[] name = Encoding.ASCII.GetBytes(field.Name);
        byte[] leaf = new byte[domain.Length + 3 * sizeof(int) + field.Salt.Length + name.Length + field.Value.Length];
        domain.CopyTo(leaf);
        Span<byte> rest = leaf.AsSpan(domain.Length);
        Append(ref rest, field.Salt.Span);
        Append(ref rest, name);
        Append(ref rest, field.Value.Span);
        MerkleHash.HashLeaf(leaf, destination);
    }

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
        part.CopyTo(rest[sizeof(int)..]);
        rest = rest[(sizeof(int) + part.Length)..];
    }

    // Every complete subtree, as its leaves make it complete.
    private sealed class Tree : IMerkleNodes, IMerkleNodeSink
    {
        private readonly List<List<byte[]>> _levels = [];
        private readonly int _size;

        public Tree(SaltedField[] fields)
        {
            _size = fields.Length;
            CompactRange range = new();
            Tree sink = this;
            byte[] hash = new byte[MerkleHash.HashBytes];
            foreach (SaltedField field in fields)
            {
                HashField(field, hash);
                range.Append(hash, ref sink);
            }
            range.Root(Root);
        }

        public byte[] Root { get; } = new byte[MerkleHash.HashBytes];

        public byte[][] Path(int index)
        {
            byte[] path = new byte[InclusionProof.Count(index, _size) * MerkleHash.HashBytes];
            InclusionProof.Prove(this, index, _size, path);
            return [.. path.Chunk(MerkleHash.HashBytes)];
        }

        public void Node(int level, long index, Span<byte> destination) =>
            _levels[level][(int)index].CopyTo(destination);

        public void Nodes(int level, long firstIndex, ReadOnlySpan<byte> hashes)
        {
            while (_levels.Count <= level)
            {
                _levels.Add([]);
            }
            for (; !hashes.IsEmpty; hashes = hashes[MerkleHash.HashBytes..])
            {
                _levels[level].Add(hashes[..MerkleHash.HashBytes].ToArray());
            }
        }
    }
}

/// <summary>One field of a set, and the path that leads from it to the root. Immutable.</summary>
public sealed class FieldDisclosure
{
    private readonly byte[][] _path;

    internal FieldDisclosure(SaltedField field, int index, int count, byte[][] path)
    {
        Field = field;
        Index = index;
        Count = count;
        _path = path;
    }

    /// <summary>The field.</summary>
    public SaltedField Field { get; }

    /// <summary>Its place among the names of all fields, from 0.</summary>
    public int Index { get; }

    /// <summary>How many fields there are.</summary>
    public int Count { get; }

    /// <summary>Hashes of 32 bytes, from the leaf up (RFC 9162, section 2.1.3).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Path => [.. _path.Select(static hash => (ReadOnlyMemory<byte>)hash)];

    /// <summary>Whether the field is one of those behind a root.</summary>
    /// <param name="root">The root; false unless 32 bytes.</param>
    public bool Verify(ReadOnlySpan<byte> root)
    {
        Span<byte> leafHash = stackalloc byte[MerkleHash.HashBytes];
        FieldDigests.HashField(Field, leafHash);
        return InclusionProof.Verify(Index, Count, leafHash, [.. _path.SelectMany(static hash => hash)], root);
    }

    /// <summary>Writes the file that shows the field. See <see cref="FieldFiles"/>.</summary>
    public byte[] ToBytes() => FieldFiles.Write(this);

    /// <summary>Reads a file that shows a field. Whether the field is behind a root, <see cref="Verify"/> says.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="disclosure">The field and its path.</param>
    /// <param name="problem">What is wrong with the file; empty when nothing is.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out FieldDisclosure? disclosure,
        out string problem
    ) => FieldFiles.TryReadDisclosure(file, out disclosure, out problem);
}
