using System.Globalization;
using System.Security.Cryptography;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>
/// A proof that was verified, told step by step, so that a person can do each of them again: which bytes, which hashes, which key, and
/// what follows. The steps are those of docs/verification.md.
/// </summary>
internal static class ProofInWords
{
    /// <summary>The steps from an entry to the log's signature.</summary>
    public static IReadOnlyList<string> Steps(ProvenEntry entry, VerifierKey logKey) =>
        [.. OfEntry(entry), .. OfInclusion(entry), .. OfSignature(entry, logKey)];

    /// <summary>The steps from a record, or from its absence, to the log's signature.</summary>
    public static IReadOnlyList<string> Steps(ProvenRecord proven, VerifierKey logKey) =>
        [.. OfMap(proven), .. OfInclusion(proven.Seal), .. OfSignature(proven.Seal, logKey)];

    /// <summary>What an entry's proof proves.</summary>
    public static IReadOnlyList<string> Proved(ProvenEntry entry) =>
        [
            $"Whoever holds the log's signing key has committed, for ever, to this entry being number {entry.Index} of the log.",
            entry.OperationId.IsEmpty
                ? "The entry is the seal of a batch: it chains the batches and names the root of all records after it."
                : "The entry holds the operation as it was signed, its signatures, its time and what became of it.",
            .. OfWitnesses(entry),
        ];

    /// <summary>What an entry's proof does not prove.</summary>
    public static IReadOnlyList<string> NotProved(ProvenEntry entry) =>
        [
            "That the signatures' keys were in force then, and that the outcome is what the rules say: `ledger audit` computes both again.",
            .. entry.OperationId.IsEmpty
                ? Array.Empty<string>()
                : ["What later entries did to what this one did: ask for the record."],
            .. NotOfWitnesses(entry),
        ];

    /// <summary>What a record's proof proves.</summary>
    public static IReadOnlyList<string> Proved(ProvenRecord proven) =>
        [
            proven.Record is null
                ? $"After the batch of {Time(proven.Seal)}, which entry {proven.Seal.Index} ends, the ledger had no such record."
                : $"After the batch of {Time(proven.Seal)}, which entry {proven.Seal.Index} ends, this was the record, whole; entry {proven.Index} had written it.",
            proven.IsNewest
                ? "Nothing came after that batch when the checkpoint was signed."
                : $"The checkpoint was signed later, when the log had {proven.Seal.Checkpoint.Size} entries: the record may have changed since.",
            .. OfWitnesses(proven.Seal),
        ];

    /// <summary>What a record's proof does not prove.</summary>
    public static IReadOnlyList<string> NotProved(ProvenRecord proven) =>
        [
            "That the rules lead to this record: `ledger audit` computes every record again.",
            "What the ledger says now: ask it, and look at the time.",
            .. NotOfWitnesses(proven.Seal),
        ];

    private static IEnumerable<string> OfEntry(ProvenEntry entry)
    {
        yield return $"The entry has {entry.Bytes.Length} bytes and says of itself that it is number {entry.Index}, of {Time(entry)}.";
    }

    private static IEnumerable<string> OfMap(ProvenRecord proven)
    {
        byte[] key = StateKey.Of(proven.Kind, proven.Id);
        byte[] keyHash = SHA256.HashData(key);
        yield return $"The record's key is the letter {(char)key[0]}, a zero byte and the identifier {proven.Id}; SHA-256 of it is {Hex(keyHash)}.";
        if (proven.Record is not null)
        {
            yield return $"Its value is the number {proven.Index} in 8 bytes and the record, together {proven.Value.Length} bytes; SHA-256 of it is {Hex(SHA256.HashData(proven.Value.Span))}.";
        }
        else if (proven.OtherLeaf.IsEmpty)
        {
            yield return "There is no value: the path of that key ends at nothing.";
        }
        else
        {
            yield return $"There is no value: the path of that key ends at the leaf of another, {Hex(proven.OtherLeaf.Span[..MapHash.HashBytes])}.";
        }

        int depth = proven.MapHashes.Length / MapHash.HashBytes;
        for (int i = 0; i < depth; i++)
        {
            string side = MapHash.Bit(keyHash, depth - 1 - i) == 0 ? "right" : "left";
            yield return $"  with {Hex(proven.MapHashes.Span.Slice(i * MapHash.HashBytes, MapHash.HashBytes))} on the {side}";
        }

        yield return $"These {Count(depth, "hash", "hashes")} lead to the state root {Hex(proven.StateRoot.Span)}.";
        yield return $"The seal, entry {proven.Seal.Index} of {Time(proven.Seal)}, names that root. It has {proven.Seal.Bytes.Length} bytes.";
    }

    private static IEnumerable<string> OfInclusion(ProvenEntry entry)
    {
        byte[] leaf = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(entry.Bytes.Span, leaf);
        yield return $"SHA-256 of a zero byte and the entry is its leaf hash, {Hex(leaf)}.";
        int count = entry.ProofHashes.Length / MerkleHash.HashBytes;
        long at = entry.Index;
        long last = entry.Checkpoint.Size - 1;
        for (int i = 0; i < count; i++)
        {
            // RFC 9162, section 2.1.3.2.
            bool isLeft = (at & 1) != 0 || at == last;
            yield return $"  with {Hex(entry.ProofHashes.Span.Slice(i * MerkleHash.HashBytes, MerkleHash.HashBytes))} on the {(isLeft ? "left" : "right")}";
            while (isLeft && (at & 1) == 0 && at != 0)
            {
                (at, last) = (at >> 1, last >> 1);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        yield return $"These {Count(count, "hash", "hashes")} lead to the root of the tree of {entry.Checkpoint.Size}, {Hex(entry.Checkpoint.Root.Span)}.";
    }

    private static IEnumerable<string> OfSignature(ProvenEntry entry, VerifierKey logKey)
    {
        yield return $"The checkpoint says so of the log {entry.Checkpoint.Origin}, and the key {logKey} signed it.";
        foreach (VerifiedSignature one in entry.Cosignatures)
        {
            yield return $"The witness {one.Key.Name} cosigned it.";
        }
    }

    private static IReadOnlyList<string> OfWitnesses(ProvenEntry entry) =>
        entry.Cosignatures.Count == 0
            ? []
            : ["The witnesses that cosigned saw the same tree: it was not made for you alone."];

    private static IReadOnlyList<string> NotOfWitnesses(ProvenEntry entry) =>
        entry.Cosignatures.Count > 0
            ? []
            : ["That others are shown the same log: no witness was asked for (--witness, --witness-policy)."];

    private static string Count(int count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    private static string Time(ProvenEntry entry) => $"{Fields.Time((ulong)entry.TimeMs)}";

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
