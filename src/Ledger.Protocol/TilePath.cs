using System.Globalization;

namespace Ledger.Protocol;

/// <summary>
/// Where a tile of the log is served (C2SP tlog-tiles): <c>tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]</c> for hashes and
/// <c>tile/entries/&lt;N&gt;[.p/&lt;W&gt;]</c> for entries, N in groups of three digits of which all but the last begin with
/// 'x'. For example tile 1234067 of level 0 is <c>tile/0/x001/x234/067</c>.
/// </summary>
/// <param name="Level">0 to 63, or <see cref="Entries"/>.</param>
/// <param name="Index">Number of the tile within its level, 0 or more.</param>
/// <param name="Width">Hashes or entries in the tile: 1 to 255 in a partial one, <see cref="FullWidth"/> in a full one.</param>
public readonly record struct TilePath(int Level, long Index, int Width = TilePath.FullWidth)
{
    /// <summary>Width of a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>The level of bundles of entries.</summary>
    public const int Entries = -1;

    /// <summary>Where the log's newest checkpoint is served, beside the tiles.</summary>
    public const string Checkpoint = "checkpoint";

    private const int LevelMax = 63;
    private const int LevelShift = 8;
    private const int GroupDigits = 3;
    private const string Root = "tile/";

    /// <summary>Whether it has less than all of its hashes or entries.</summary>
    public bool IsPartial => Width < FullWidth;

    /// <summary>The tile as a tree of some size has it at its level and index.</summary>
    /// <param name="level">0 to 63, or <see cref="Entries"/>.</param>
    /// <param name="index">0 or more.</param>
    /// <param name="size">Leaves of the tree, 0 or more.</param>
    /// <returns>Null when the tree has nothing there: an empty tile is no tile.</returns>
    public static TilePath? In(int level, long index, long size) =>
        WidthIn(level, index, size) is > 0 and var width ? new TilePath(level, index, width) : null;

    /// <summary>How many tiles of a level are full in a tree of some size: the next one is the partial one, if there is one.</summary>
    /// <param name="level">0 to 63, or <see cref="Entries"/>.</param>
    /// <param name="size">Leaves of the tree, 0 or more.</param>
    public static long FullIn(int level, long size) => HashesIn(level, size) / FullWidth;

    /// <summary>Whether a tree of some size has all that is in this tile.</summary>
    /// <param name="size">Leaves of the tree, 0 or more.</param>
    public bool IsIn(long size) => Width <= WidthIn(Level, Index, size);

    /// <summary>Parses a path, without a slash before it. One tile has one path.</summary>
    /// <param name="path">Any text.</param>
    /// <param name="tile">The tile, when this returns true.</param>
    public static bool TryParse(string path, out TilePath tile)
    {
        tile = default;
        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return false;
        }
        ReadOnlySpan<char> rest = path.AsSpan(Root.Length);

        int slash = rest.IndexOf('/');
        if (slash < 0)
        {
            return false;
        }
        long level = Entries;
        ReadOnlySpan<char> levelText = rest[..slash];
        if (levelText is not "entries" && !(DecimalText.TryParse(levelText, out level) && level <= LevelMax))
        {
            return false;
        }
        rest = rest[(slash + 1)..];

        long width = FullWidth;
        int partial = rest.IndexOf(".p/");
        if (partial >= 0)
        {
            if (!DecimalText.TryParse(rest[(partial + 3)..], out width) || width is 0 or >= FullWidth)
            {
                return false;
            }
            rest = rest[..partial];
        }

        // The digits are put together and the path is written again: groups of a wrong length or without their 'x', and
        // leading groups of zeros, give another path than was asked for.
        Span<char> digits = stackalloc char[rest.Length < 40 ? rest.Length : 0];
        int count = 0;
        foreach (char c in rest)
        {
            if (char.IsAsciiDigit(c) && count < digits.Length)
            {
                digits[count++] = c;
            }
        }
        if (!long.TryParse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture, out long index))
        {
            return false;
        }
        TilePath candidate = new((int)level, index, (int)width);
        if (candidate.ToString() != path)
        {
            return false;
        }
        tile = candidate;
        return true;
    }

    /// <summary>The path, without a slash before it.</summary>
    /// <exception cref="InvalidOperationException">A number is out of its range.</exception>
    public override string ToString()
    {
        if (Level is < Entries or > LevelMax || Index < 0 || Width is < 1 or > FullWidth)
        {
            throw new InvalidOperationException($"There is no tile of level {Level}, index {Index}, width {Width}.");
        }
        string digits = Index.ToString(CultureInfo.InvariantCulture);
        digits = digits.PadLeft((digits.Length + GroupDigits - 1) / GroupDigits * GroupDigits, '0');
        string groups = digits[^GroupDigits..];
        for (int end = digits.Length - GroupDigits; end > 0; end -= GroupDigits)
        {
            groups = $"x{digits.AsSpan(end - GroupDigits, GroupDigits)}/{groups}";
        }
        string level = Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
        string suffix = Width == FullWidth ? "" : string.Create(CultureInfo.InvariantCulture, $".p/{Width}");
        return $"{Root}{level}/{groups}{suffix}";
    }

    private static int WidthIn(int level, long index, long size)
    {
        long hashes = HashesIn(level, size);
        long full = hashes / FullWidth;
        return index < full ? FullWidth
            : index == full ? (int)(hashes % FullWidth)
            : 0;
    }

    // As many as there are full subtrees of 256^level leaves.
    private static long HashesIn(int level, long size)
    {
        int shift = LevelShift * Math.Max(level, 0);
        return shift < 64 ? size >> shift : 0;
    }
}
