using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules.Signatures;

/// <summary>
/// Signatures of many operations, verified together: those over secp256k1 are packed side by side for the vector core, others
/// are verified one by one. Used by the live path and by the auditor alike. Reuse it: its buffers only grow.
/// </summary>
public sealed class SignatureBatch
{
    private readonly List<(
        VerificationMethod Key,
        SubmittedOperation Operation,
        ReadOnlyMemory<byte> Signature
    )> _items = [];
    private byte[] _keys = [];
    private byte[] _hashes = [];
    private byte[] _signatures = [];
    private bool[] _verdicts = [];

    /// <summary>Signatures in the batch.</summary>
    public int Count => _items.Count;

    /// <summary>Adds a signature.</summary>
    /// <param name="key">The key that it must verify under.</param>
    /// <param name="operation">What was signed.</param>
    /// <param name="signature">64 bytes.</param>
    public void Add(VerificationMethod key, SubmittedOperation operation, ReadOnlyMemory<byte> signature) =>
        _items.Add((key, operation, signature));

    /// <summary>Verifies all and empties the batch.</summary>
    /// <param name="verdicts">One a signature, in the order of adding.</param>
    /// <param name="threads">How many threads may share the work.</param>
    public void Verify(Span<bool> verdicts, int threads)
    {
        Partition partition = Partition.Of(Pack(), threads);
        if (partition.Parts == 1)
        {
            VerifyPart(partition.Part(0));
        }
        else
        {
            Parallel.For(0, partition.Parts, part => VerifyPart(partition.Part(part)));
        }

        int next = 0;
        for (int i = 0; i < _items.Count; i++)
        {
            (VerificationMethod key, SubmittedOperation operation, ReadOnlyMemory<byte> signature) = _items[i];
            verdicts[i] =
                key.Type == KeyType.Secp256K1
                    ? _verdicts[next++]
                    : Ed25519.Verify(key.PublicKey.Span, operation.Message.Span, signature.Span);
        }

        _items.Clear();
    }

    // Copies what the vector core takes; returns how many signatures that is.
    private int Pack()
    {
        if (_verdicts.Length < _items.Count)
        {
            _keys = new byte[_items.Count * Ecdsa.PublicKeyBytes];
            _hashes = new byte[_items.Count * Ecdsa.HashBytes];
            _signatures = new byte[_items.Count * Ecdsa.SignatureBytes];
            _verdicts = new bool[_items.Count];
        }

        int count = 0;
        foreach ((VerificationMethod key, SubmittedOperation operation, ReadOnlyMemory<byte> signature) in _items)
        {
            if (key.Type == KeyType.Secp256K1)
            {
                key.PublicKey.Span.CopyTo(_keys.AsSpan(count * Ecdsa.PublicKeyBytes));
                operation.Id.Span.CopyTo(_hashes.AsSpan(count * Ecdsa.HashBytes));
                signature.Span.CopyTo(_signatures.AsSpan(count * Ecdsa.SignatureBytes));
                count++;
            }
        }

        return count;
    }

    private void VerifyPart((int First, int Count) part) =>
        Ecdsa.VerifyBatch(
            _keys.AsSpan(part.First * Ecdsa.PublicKeyBytes, part.Count * Ecdsa.PublicKeyBytes),
            _hashes.AsSpan(part.First * Ecdsa.HashBytes, part.Count * Ecdsa.HashBytes),
            _signatures.AsSpan(part.First * Ecdsa.SignatureBytes, part.Count * Ecdsa.SignatureBytes),
            _verdicts.AsSpan(part.First, part.Count)
        );
}
