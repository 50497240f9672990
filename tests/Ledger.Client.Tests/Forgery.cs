using System.Numerics;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>What a liar makes.</summary>
internal static class Forgery
{
    /// <summary>A signed checkpoint.</summary>
    public static ByteString Note(
        Ed25519PrivateKey key,
        long size,
        byte[]? root = null,
        string origin = HonestNode.Origin
    ) => ByteString.CopyFrom(new Checkpoint(origin, size, root ?? Hash()).Sign(key));

    /// <summary>A proof that holds in itself, in a tree with another past: of the size that has the leaf as its last.</summary>
    public static V1.InclusionProof OtherPast(Ed25519PrivateKey key, long index, ReadOnlySpan<byte> leafHash)
    {
        V1.InclusionProof proof = new() { Index = (ulong)index };
        byte[] root = leafHash.ToArray();
        for (int i = 0; i < BitOperations.PopCount((ulong)index); i++)
        {
            byte[] left = Hash();
            proof.Hashes.Add(ByteString.CopyFrom(left));
            MerkleHash.HashNode(left, root, root);
        }
        proof.Checkpoint = Note(key, index + 1, root);
        return proof;
    }

    /// <summary>A true proof, to be put where it does not belong.</summary>
    public static EntryProof ToProof(this ProvenEntry entry)
    {
        V1.InclusionProof proof = new()
        {
            Index = (ulong)entry.Index,
            Checkpoint = ByteString.CopyFrom(entry.CheckpointNote.Span),
        };
        foreach (byte[] hash in entry.ProofHashes.ToArray().Chunk(32))
        {
            proof.Hashes.Add(ByteString.CopyFrom(hash));
        }
        return new EntryProof { Entry = ByteString.CopyFrom(entry.Bytes.Span), Proof = proof };
    }

    public static RecordVersion ToVersion(this ProvenEntry entry) =>
        new() { Index = (ulong)entry.Index, TimeMs = (ulong)entry.TimeMs };

    public static ByteString Flipped(this ByteString bytes)
    {
        byte[] changed = bytes.ToByteArray();
        changed[^1] ^= 1;
        return ByteString.CopyFrom(changed);
    }

    public static ByteString Shortened(this ByteString bytes) => ByteString.CopyFrom(bytes.Span[..^1]);

    public static byte[] Hash() => RandomNumberGenerator.GetBytes(32);
}
