using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Cli.Tests;

/// <summary>A small log on disk, written without a node, for commands that read stopped stores.</summary>
internal static class SampleLog
{
    public const string Origin = "ledger.test/sample";

    /// <summary>
    /// Writes a log of a founding and some DIDs, each in a batch of its own: two entries each. Of a log that is there, the DIDs are added.
    /// </summary>
    /// <param name="directory">Where `ledger serve --data` would have it.</param>
    /// <param name="logKeyFile">Made when it is missing; given twice, two logs have one key.</param>
    /// <param name="dids">How many.</param>
    /// <returns>The log's key, and a proof bundle of the last DID's entry.</returns>
    public static async Task<(VerifierKey LogKey, byte[] Bundle)> WriteAsync(
        string directory,
        string logKeyFile,
        int dids
    )
    {
        using Ed25519PrivateKey logKey = File.Exists(logKeyFile)
            ? LogKeyFile.Read(logKeyFile, out _)
            : LogKeyFile.Create(logKeyFile, Origin);
        await using EmbeddedLedger ledger = EmbeddedLedger.Open(
            new LedgerOptions
            {
                Directory = directory,
                Origin = Origin,
                SigningKey = logKey,
            }
        );
        OperationSigner signer = new(Origin, TimeSpan.FromMinutes(10));
        using SigningKey key = SigningKey.Generate();
        FoundLedger founding = new() { Network = "test", Supervisor = key.ToDocument() };
        Submission? last = ledger.Head.Size == 0 ? await SubmitAsync(new Operation { FoundLedger = founding }) : null;
        for (int i = 0; i < dids; i++)
        {
            last = await SubmitAsync(new Operation { CreateDid = new CreateDid { Document = key.ToDocument() } });
        }

        using ReadView view = ledger.Read();
        long index = (long)last!.Receipt!.Index;
        byte[] bundle = ProofBundle.Write(
            index,
            [.. view.InclusionProof(index, view.Head.Size).SelectMany(static hash => hash)],
            view.Head.Note.Span,
            view.Entry(index)
        );
        return (ledger.LogKey, bundle);

        async Task<Submission> SubmitAsync(Operation body)
        {
            Submission submission = await ledger.SubmitAsync(
                signer.SignNew([key], body).SignedOperation,
                CancellationToken.None
            );
            Assert.True(submission.Judgement.IsOk, submission.Judgement.Detail);
            return submission;
        }
    }

    /// <summary>The table files of a stopped store, after everything was written to them.</summary>
    public static string[] WriteTableFiles(string directory)
    {
        using (RocksDb db = Open(directory))
        {
            foreach (string family in RocksDb.ListColumnFamilies(new DbOptions(), EmbeddedLedger.StorePath(directory)))
            {
                db.CompactRange(null, null, db.GetColumnFamily(family));
            }
        }

        return Directory.GetFiles(EmbeddedLedger.StorePath(directory), "*.sst");
    }

    /// <summary>Changes one row of a stopped store, behind the ledger's back.</summary>
    /// <param name="directory">Folder of the ledger.</param>
    /// <param name="family">Column family.</param>
    /// <param name="index">Which row, in the order of the keys.</param>
    /// <param name="change">Changes a copy of its value.</param>
    public static void Tamper(string directory, string family, int index, Action<byte[]> change)
    {
        using RocksDb db = Open(directory);
        using Iterator row = db.NewIterator(db.GetColumnFamily(family));
        row.SeekToFirst();
        for (int i = 0; i < index; i++)
        {
            row.Next();
        }

        byte[] value = row.Value();
        change(value);
        db.Put(row.Key(), value, db.GetColumnFamily(family));
    }

    private static RocksDb Open(string directory)
    {
        string path = EmbeddedLedger.StorePath(directory);
        DbOptions options = new();
        ColumnFamilies families = [];
        foreach (string name in RocksDb.ListColumnFamilies(options, path))
        {
            families.Add(name, new ColumnFamilyOptions());
        }

        return RocksDb.Open(options, path, families);
    }
}
