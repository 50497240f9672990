using System.Buffers;
using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>
/// An ordered list of keys and values that travels with a call: request headers, response headers and response
/// trailers. A key may occur more than once.
/// </summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>The end of every key whose value is binary.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries, for ever: this instance is read-only.</summary>
    public static readonly Metadata Empty = new(readOnly: true);

    private readonly List<Entry> entries = [];

    /// <summary>Makes an empty, writable list.</summary>
    public Metadata()
        : this(readOnly: false) { }

    private Metadata(bool readOnly) => IsReadOnly = readOnly;

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <summary>Whether every attempt to change the list throws <see cref="InvalidOperationException"/>.</summary>
    public bool IsReadOnly { get; }

    /// <inheritdoc/>
    public Entry this[int index]
    {
        get => entries[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Writable()[index] = value;
        }
    }

    /// <summary>Finds the last entry of a key.</summary>
    /// <param name="key">The key, in any case.</param>
    /// <returns>The entry, or null if the key does not occur.</returns>
    public Entry? Get(string key)
    {
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].HasKey(key))
            {
                return entries[i];
            }
        }

        return null;
    }

    /// <summary>Finds the text value of the last entry of a key.</summary>
    /// <param name="key">The key, in any case.</param>
    /// <returns>The text, or null if the key does not occur.</returns>
    /// <exception cref="InvalidOperationException">The entry is binary.</exception>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>Finds the value of the last entry of a key as bytes.</summary>
    /// <param name="key">The key, in any case.</param>
    /// <returns>The bytes, those of the ASCII text if the entry is not binary, or null if the key does not
    /// occur.</returns>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>Finds every entry of a key, in order, as the result is enumerated.</summary>
    /// <param name="key">The key, in any case.</param>
    /// <returns>The entries.</returns>
    public IEnumerable<Entry> GetAll(string key) => entries.Where(entry => entry.HasKey(key));

    /// <summary>Appends a text entry; see <see cref="Entry(string, string)"/>.</summary>
    /// <param name="key">The key, without <c>-bin</c>.</param>
    /// <param name="value">ASCII text.</param>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Appends a binary entry; see <see cref="Entry(string, byte[])"/>.</summary>
    /// <param name="key">The key, with <c>-bin</c>.</param>
    /// <param name="valueBytes">Any bytes; they are copied.</param>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc/>
    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Add(item);
    }

    /// <inheritdoc/>
    public void Insert(int index, Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Insert(index, item);
    }

    /// <inheritdoc/>
    public bool Remove(Entry item) => Writable().Remove(item);

    /// <inheritdoc/>
    public void RemoveAt(int index) => Writable().RemoveAt(index);

    /// <inheritdoc/>
    public void Clear() => Writable().Clear();

    /// <inheritdoc/>
    public bool Contains(Entry item) => entries.Contains(item);

    /// <inheritdoc/>
    public int IndexOf(Entry item) => entries.IndexOf(item);

    /// <inheritdoc/>
    public void CopyTo(Entry[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Entry> Writable() =>
        IsReadOnly ? throw new InvalidOperationException("These metadata are read-only.") : entries;

    /// <summary>One key with its value: text, or bytes if the key ends in <c>-bin</c>. It never changes.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
        );

        // Exactly one of the two is set.
        private readonly string? text;
        private readonly byte[]? bytes;

        /// <summary>Makes a binary entry.</summary>
        /// <param name="key">ASCII letters (turned to lower case), digits, dots, hyphens and underscores; must end in
        /// <c>-bin</c>.</param>
        /// <param name="valueBytes">Any bytes; they are copied.</param>
        /// <exception cref="ArgumentException">The key has another character or another end.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key, binary: true);
            ArgumentNullException.ThrowIfNull(valueBytes);
            bytes = valueBytes.AsSpan().ToArray();
        }

        /// <summary>Makes a text entry.</summary>
        /// <param name="key">ASCII letters (turned to lower case), digits, dots, hyphens and underscores; must not end
        /// in <c>-bin</c>.</param>
        /// <param name="value">ASCII text. It is checked where it is sent, not here.</param>
        /// <exception cref="ArgumentException">The key has another character, or the end of a binary key.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key, binary: false);
            ArgumentNullException.ThrowIfNull(value);
            text = value;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is binary.</summary>
        public bool IsBinary => text is null;

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => text ?? throw new InvalidOperationException("A binary entry has no text.");

        /// <summary>A copy of the bytes; those of the ASCII text if the entry is not binary.</summary>
        public byte[] ValueBytes => text is null ? bytes.AsSpan().ToArray() : Encoding.ASCII.GetBytes(text);

        /// <summary>Key and value for a log; of a binary value, that it is one.</summary>
        /// <returns>For example <c>[Entry: key=traceparent, value=00-…]</c>.</returns>
        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={bytes}]" : $"[Entry: key={Key}, value={text}]";

        internal bool HasKey(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);

        private static string Normalize(string key, bool binary)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                throw new ArgumentException(
                    "A metadata key has ASCII letters, digits, dots, hyphens and underscores only.",
                    nameof(key)
                );
            }

            // Returns the same string when there is nothing to lower.
            string lower = key.ToLowerInvariant();
            if (lower.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal) != binary)
            {
                throw new ArgumentException(
                    binary
                        ? $"The key of bytes must end in {BinaryHeaderSuffix}."
                        : $"The key of text must not end in {BinaryHeaderSuffix}.",
                    nameof(key)
                );
            }

            return lower;
        }
    }
}
