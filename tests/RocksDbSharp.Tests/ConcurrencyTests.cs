using System.Buffers.Binary;

namespace RocksDbSharp.Tests;

public sealed class ConcurrencyTests : DatabaseTest
{
    // A writer keeps two families equal, batch by batch; readers must never see them differ at a snapshot.
    [Fact]
    public async Task Read_WhileBatchesAreWritten_SeesWholeBatches()
    {
        const int Batches = 3000;
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        using Barrier start = new(4);
        byte[] key = Bytes("key");

        Task[] readers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait();
                            int seen = 0;
                            while (seen < Batches)
                            {
                                using Snapshot snapshot = db.CreateSnapshot();
                                ReadOptions options = new ReadOptions().SetSnapshot(snapshot);
                                int one = Number(db.Get(key, readOptions: options));
                                int other = Number(db.Get(key, a, options));
                                Assert.Equal(one, other);
                                Assert.True(one >= seen);
                                seen = one;
                            }
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];

        start.SignalAndWait();
        byte[] number = new byte[4];
        using WriteBatch batch = new();
        for (int i = 1; i <= Batches; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, i);
            db.Write(batch.Clear().Put(key, number).Put(key, number, a));
        }

        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Dispose_WhileOthersReadWriteAndIterate_EndsThemWithObjectDisposed()
    {
        for (int round = 0; round < 20; round++)
        {
            RocksDb db = Open("a");
            ColumnFamilyHandle a = db.GetColumnFamily("a");
            db.Put(Bytes("key"), Bytes("value"), a);
            using Barrier start = new(4);
            Task[] users =
            [
                Use(start, () => Assert.Equal("value", Text(db.Get(Bytes("key"), a)))),
                Use(start, () => db.Write(new WriteBatch().Put(Bytes("other"), Bytes("value"), a))),
                Use(
                    start,
                    () =>
                    {
                        using Iterator iterator = db.NewIterator(a);
                        Assert.True(iterator.SeekToFirst().Valid());
                    }
                ),
            ];

            start.SignalAndWait();
            db.Dispose();
            await Task.WhenAll(users);
            Open("a").Dispose();
        }
    }

    private static int Number(byte[]? value) => value is null ? 0 : BinaryPrimitives.ReadInt32BigEndian(value);

    // Does something again and again until the database is gone, whatever it is in the middle of then.
    private static Task Use(Barrier start, Action use) =>
        Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                while (true)
                {
                    try
                    {
                        use();
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            },
            TaskCreationOptions.LongRunning
        );
}
