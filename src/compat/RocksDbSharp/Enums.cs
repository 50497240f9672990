namespace RocksDbSharp;

/// <summary>How blocks are compressed. The library has to have been built with the algorithm; Debian's has them all but Xpress.</summary>
public enum Compression
{
    /// <summary>Not at all.</summary>
    No = 0,

    /// <summary>Snappy, RocksDB's default.</summary>
    Snappy = 1,

    /// <summary>zlib.</summary>
    Zlib = 2,

    /// <summary>bzip2.</summary>
    Bz2 = 3,

    /// <summary>LZ4.</summary>
    Lz4 = 4,

    /// <summary>LZ4 HC.</summary>
    Lz4hc = 5,

    /// <summary>Xpress (Windows).</summary>
    Xpress = 6,

    /// <summary>Zstandard.</summary>
    Zstd = 7,
}

/// <summary>What opening does with a write-ahead log that is damaged.</summary>
public enum Recovery
{
    /// <summary>Accepts an incomplete record at the end of each log; refuses any other damage.</summary>
    TolerateCorruptedTailRecords = 0,

    /// <summary>Refuses to open on any damage, an incomplete last record included.</summary>
    AbsoluteConsistency = 1,

    /// <summary>Stops at the first damaged record and opens with what came before it. RocksDB's default.</summary>
    PointInTime = 2,

    /// <summary>Skips damaged records and opens with the rest: for salvage only.</summary>
    SkipAnyCorruptedRecords = 3,
}

/// <summary>The least severe messages that RocksDB writes to its LOG file.</summary>
public enum InfoLogLevel
{
    /// <summary>Everything.</summary>
    Debug = 0,

    /// <summary>Information and above.</summary>
    Info = 1,

    /// <summary>Warnings and above.</summary>
    Warn = 2,

    /// <summary>Errors and above.</summary>
    Error = 3,

    /// <summary>Fatal errors only.</summary>
    Fatal = 4,

    /// <summary>The header that names the version and options, only.</summary>
    Header = 5,
}
