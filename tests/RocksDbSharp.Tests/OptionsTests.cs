using System.Text.RegularExpressions;

namespace RocksDbSharp.Tests;

public sealed class OptionsTests : DatabaseTest
{
    // RocksDB writes the options that a database was opened with to a file, which is how a setter shows its effect.
    public static TheoryData<string, string, Func<DbOptions, DbOptions>> DatabaseSettings =>
        new()
        {
            { "error_if_exists", "true", options => options.SetErrorIfExists() },
            { "paranoid_checks", "false", options => options.SetParanoidChecks(false) },
            { "max_open_files", "321", options => options.SetMaxOpenFiles(321) },
            { "max_total_wal_size", "12345678", options => options.SetMaxTotalWalSize(12345678) },
            { "db_write_buffer_size", "23456789", options => options.SetDbWriteBufferSize(23456789) },
            {
                "wal_recovery_mode",
                "kTolerateCorruptedTailRecords",
                options => options.SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            },
            {
                "wal_recovery_mode",
                "kAbsoluteConsistency",
                options => options.SetWalRecoveryMode(Recovery.AbsoluteConsistency)
            },
            {
                "wal_recovery_mode",
                "kPointInTimeRecovery",
                options => options.SetWalRecoveryMode(Recovery.PointInTime)
            },
            {
                "wal_recovery_mode",
                "kSkipAnyCorruptedRecords",
                options => options.SetWalRecoveryMode(Recovery.SkipAnyCorruptedRecords)
            },
            { "bytes_per_sync", "1048576", options => options.SetBytesPerSync(1048576) },
            { "allow_concurrent_memtable_write", "false", options => options.SetAllowConcurrentMemtableWrite(false) },
            { "info_log_level", "WARN_LEVEL", options => options.SetInfoLogLevel(InfoLogLevel.Warn) },
            { "info_log_level", "HEADER_LEVEL", options => options.SetInfoLogLevel(InfoLogLevel.Header) },
            { "keep_log_file_num", "3", options => options.SetKeepLogFileNum(3) },
            { "max_log_file_size", "34567", options => options.SetMaxLogFileSize(34567) },
            { "stats_dump_period_sec", "77", options => options.SetStatsDumpPeriodSec(77) },
            { "max_background_jobs", "5", options => options.IncreaseParallelism(5) },
        };

    public static TheoryData<string, string, Func<ColumnFamilyOptions, ColumnFamilyOptions>> FamilySettings =>
        new()
        {
            { "compression", "kNoCompression", options => options.SetCompression(Compression.No) },
            { "compression", "kSnappyCompression", options => options.SetCompression(Compression.Snappy) },
            { "compression", "kZlibCompression", options => options.SetCompression(Compression.Zlib) },
            { "compression", "kBZip2Compression", options => options.SetCompression(Compression.Bz2) },
            { "compression", "kLZ4Compression", options => options.SetCompression(Compression.Lz4) },
            { "compression", "kLZ4HCCompression", options => options.SetCompression(Compression.Lz4hc) },
            { "compression", "kZSTD", options => options.SetCompression(Compression.Zstd) },
            { "write_buffer_size", "1234567", options => options.SetWriteBufferSize(1234567) },
            { "max_write_buffer_number", "7", options => options.SetMaxWriteBufferNumber(7) },
            { "min_write_buffer_number_to_merge", "2", options => Merged(options) },
            { "level0_file_num_compaction_trigger", "9", options => options.SetLevel0FileNumCompactionTrigger(9) },
            { "level0_slowdown_writes_trigger", "29", options => options.SetLevel0SlowdownWritesTrigger(29) },
            { "level0_stop_writes_trigger", "49", options => options.SetLevel0StopWritesTrigger(49) },
            {
                "soft_pending_compaction_bytes_limit",
                "88888888888",
                options => options.SetSoftPendingCompactionBytesLimit(88888888888)
            },
            { "soft_pending_compaction_bytes_limit", "0", options => Unlimited(options) },
            { "hard_pending_compaction_bytes_limit", "0", options => Unlimited(options) },
            {
                "hard_pending_compaction_bytes_limit",
                "99999999999",
                options => options.SetHardPendingCompactionBytesLimit(99999999999)
            },
            { "disable_auto_compactions", "true", options => options.SetDisableAutoCompactions(1) },
            { "level_compaction_dynamic_level_bytes", "true", options => Dynamic(options) },
            { "target_file_size_base", "1111111", options => options.SetTargetFileSizeBase(1111111) },
            { "max_bytes_for_level_base", "22222222", options => options.SetMaxBytesForLevelBase(22222222) },
            { "optimize_filters_for_hits", "true", options => options.SetOptimizeFiltersForHits(1) },
        };

    public static TheoryData<string, string, Func<BlockBasedTableOptions, BlockBasedTableOptions>> TableSettings =>
        new()
        {
            { "block_size", "8192", options => options.SetBlockSize(8192) },
            { "no_block_cache", "true", options => options.SetNoBlockCache(true) },
            { "whole_key_filtering", "false", options => options.SetWholeKeyFiltering(false) },
            { "format_version", "4", options => options.SetFormatVersion(4) },
            { "cache_index_and_filter_blocks", "true", options => options.SetCacheIndexAndFilterBlocks(true) },
            {
                "pin_l0_filter_and_index_blocks_in_cache",
                "true",
                options => options.SetPinL0FilterAndIndexBlocksInCache(true)
            },
            { "filter_policy", "bloomfilter", options => options.SetFilterPolicy(BloomFilterPolicy.Create(12, false)) },
            { "filter_policy", "bloomfilter", options => options.SetFilterPolicy(BloomFilterPolicy.Create()) },
        };

    [Theory]
    [MemberData(nameof(DatabaseSettings), DisableDiscoveryEnumeration = true)]
    public void DbOptions_EachSetter_ReachesRocksDb(string name, string value, Func<DbOptions, DbOptions> set)
    {
        RocksDb.Open(set(new DbOptions().SetCreateIfMissing()), Path).Dispose();

        Assert.Equal(value, Setting(name));
    }

    [Theory]
    [MemberData(nameof(FamilySettings), DisableDiscoveryEnumeration = true)]
    public void ColumnFamilyOptions_EachSetter_ReachesRocksDb(
        string name,
        string value,
        Func<ColumnFamilyOptions, ColumnFamilyOptions> set
    )
    {
        RocksDb.Open(NewOptions(), Path, new ColumnFamilies(set(new ColumnFamilyOptions()))).Dispose();

        Assert.Equal(value, Setting(name));
    }

    [Theory]
    [MemberData(nameof(TableSettings), DisableDiscoveryEnumeration = true)]
    public void BlockBasedTableOptions_EachSetter_ReachesRocksDb(
        string name,
        string value,
        Func<BlockBasedTableOptions, BlockBasedTableOptions> set
    )
    {
        BlockBasedTableOptions table = set(new BlockBasedTableOptions());
        ColumnFamilyOptions family = new ColumnFamilyOptions().SetBlockBasedTableFactory(table);
        RocksDb.Open(NewOptions(), Path, new ColumnFamilies(family)).Dispose();

        // Later releases write the filter's parameters after its name.
        Assert.StartsWith(value, Setting(name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Compression.No)]
    [InlineData(Compression.Snappy)]
    [InlineData(Compression.Zlib)]
    [InlineData(Compression.Bz2)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Lz4hc)]
    [InlineData(Compression.Zstd)]
    public void SetCompression_CompressibleValues_AreReadBackAndShrink(Compression compression)
    {
        using RocksDb db = RocksDb.Open(NewOptions().SetCompression(compression), Path);
        byte[] value = new byte[100_000];
        db.Put(Bytes("key"), value);
        db.CompactRange(null, null);

        Assert.Equal(value, db.Get(Bytes("key")));
        long tableBytes = Directory.EnumerateFiles(Path, "*.sst").Sum(file => new FileInfo(file).Length);
        Assert.Equal(compression == Compression.No, tableBytes > value.Length);
    }

    [Fact]
    public void SetBlockCache_SharedByFamilies_HoldsWhatBothRead()
    {
        Cache cache = Cache.CreateLru(8 << 20);
        BlockBasedTableOptions table = new BlockBasedTableOptions().SetBlockCache(cache);
        ColumnFamilies families = new(new ColumnFamilyOptions().SetBlockBasedTableFactory(table))
        {
            { "a", new ColumnFamilyOptions().SetBlockBasedTableFactory(table) },
        };
        using RocksDb db = RocksDb.Open(NewOptions(), Path, families);
        foreach (string name in families.Names)
        {
            db.Put(Bytes("key"), new byte[3000], db.GetColumnFamily(name));
            db.CompactRange(null, null, db.GetColumnFamily(name));
        }

        ulong empty = cache.GetUsage();
        db.Get(Bytes("key"));
        ulong one = cache.GetUsage();
        db.Get(Bytes("key"), db.GetColumnFamily("a"));
        ulong both = cache.GetUsage();
        db.Get(Bytes("key"), db.GetColumnFamily("a"), new ReadOptions().SetFillCache(false));

        Assert.True(one > empty && both > one, $"{empty}, {one}, {both}");
        Assert.Equal(both, cache.GetUsage());
        using Iterator iterator = db.NewIterator().SeekToFirst();
        Assert.InRange(cache.GetPinnedUsage(), 1UL, both);
    }

    [Fact]
    public void SetFillCache_False_LeavesTheCacheAlone()
    {
        Cache cache = Cache.CreateLru(8 << 20);
        BlockBasedTableOptions table = new BlockBasedTableOptions().SetBlockCache(cache);
        using RocksDb db = RocksDb.Open(NewOptions().SetBlockBasedTableFactory(table), Path);
        db.Put(Bytes("key"), new byte[3000]);
        db.CompactRange(null, null);
        ulong empty = cache.GetUsage();

        Assert.NotNull(db.Get(Bytes("key"), readOptions: new ReadOptions().SetFillCache(false)));

        Assert.Equal(empty, cache.GetUsage());
    }

    [Fact]
    public void SetFilterPolicy_SamePolicyTwice_IsRefused()
    {
        BloomFilterPolicy policy = BloomFilterPolicy.Create(10, false);
        new BlockBasedTableOptions().SetFilterPolicy(policy);

        Assert.Throws<InvalidOperationException>(() => new BlockBasedTableOptions().SetFilterPolicy(policy));
    }

    [Fact]
    public void BloomFilter_AbsentKeys_AreAnsweredByTheFilter()
    {
        BlockBasedTableOptions table = new BlockBasedTableOptions().SetFilterPolicy(
            BloomFilterPolicy.Create(10, false)
        );
        DbOptions options = NewOptions().EnableStatistics().SetBlockBasedTableFactory(table);
        using RocksDb db = RocksDb.Open(options, Path);
        db.Put(Bytes("a"), Bytes("1"));
        db.Put(Bytes("z"), Bytes("2"));
        db.CompactRange(null, null);
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(db.Get(Bytes($"key {i}")));
        }

        Match useful = Regex.Match(options.GetStatisticsString()!, @"rocksdb\.bloom\.filter\.useful COUNT : (\d+)");
        Assert.InRange(int.Parse(useful.Groups[1].Value), 80, 100);
    }

    [Fact]
    public void GetStatisticsString_NotEnabled_ReturnsNull() => Assert.Null(new DbOptions().GetStatisticsString());

    [Fact]
    public void DisableWal_CleanClose_LosesWhatWasNotFlushed()
    {
        using (RocksDb db = Open())
        {
            db.Put(Bytes("with"), Bytes("1"), null, new WriteOptions().DisableWal(0));
            db.Flush(new FlushOptions());
        }

        using (RocksDb db = Open())
        {
            db.Put(Bytes("with"), Bytes("2"), null, new WriteOptions().DisableWal(0));
            Assert.Equal("0", db.GetProperty("rocksdb.num-immutable-mem-table"));
            long logBytes = LogBytes();
            db.Put(Bytes("without"), Bytes("3"), null, new WriteOptions().DisableWal(1));
            Assert.Equal(logBytes, LogBytes());
            Assert.NotEqual(0, logBytes);
        }
    }

    private static ColumnFamilyOptions Merged(ColumnFamilyOptions options) =>
        options.SetMaxWriteBufferNumber(4).SetMinWriteBufferNumberToMerge(2);

    private static ColumnFamilyOptions Unlimited(ColumnFamilyOptions options) =>
        options.SetSoftPendingCompactionBytesLimit(0).SetHardPendingCompactionBytesLimit(0);

    private static ColumnFamilyOptions Dynamic(ColumnFamilyOptions options) =>
        options.SetLevelCompactionDynamicLevelBytes(true);

    private string Setting(string name) =>
        Regex.Match(OptionsFile(), $@"^\s*{name}=(.*)$", RegexOptions.Multiline).Groups[1].Value;

    private long LogBytes() => Directory.EnumerateFiles(Path, "*.log").Sum(file => new FileInfo(file).Length);
}
