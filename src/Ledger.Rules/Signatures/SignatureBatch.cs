using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules.Signatures;

/// <summary>
/// Signatures of many operations, verified together and shared among threads: those over secp256k1 are packed side by side for the
/// vector core, others are verified one by one. Used by the live path and by the auditor alike. Reuse it: its buffers only grow.
/// </summary>
public sealed class SignatureBatch
{
    private readonly List<Item> _items = [];

    // Positions within the batch: those over secp256k1 in the order in which they are packed, and all others.
    private readonly List<int> _packed = [];
    private readonly List<int> _others = [];
    private byte[] _keys = [];
    private byte[] _hashes = [];
    private byte[] _signatures = [];
    private bool[] _packedVerdicts = [];
    private bool[] _verdicts = [];

    private readonly record struct Item(
        VerificationMethod Key,
        SubmittedOperation Operation,
        ReadOnlyMemory<byte> Signature
    );

    /// <summary>Signatures in the batch.</summary>
    public int Count => _items.Count;

    /// <summary>Adds a signature.</summary>
    /// <param name="key">The key that it must verify under: of a kind that signs operations.</param>
    /// <param name="operation">What was signed.</param>
    /// <param name="signature">64 bytes.</param>
    public void Add(VerificationMethod key, SubmittedOperation operation, ReadOnlyMemory<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        (key.Type == KeyType.Secp256K1 ? _packed : _others).Add(_items.Count);
        _items.Add(new Item(key, operation, signature));
    }

    /// <summary>Verifies all and empties the batch.</summary>
    /// <param name="verdicts">One a signature, in the order of adding.</param>
    /// <param name="threads">How many threads may share the work.</param>
    public void Verify(Span<bool> verdicts, int threads)
    {
        Pack();

        // Each kind is shared on its own, so that every thread gets a part of the dear ones and of the cheap ones. The parts of both are
        // one loop: whoever is done with one takes the next.
        Partition packed = Partition.Of(_packed.Count, threads);
        Partition others = Partition.OfSingle(_others.Count, threads);
        int parts = packed.Parts + others.Parts;
        if (threads == 1 || (packed.Parts == 1 && others.Parts == 1 && (packed.Count == 0 || others.Count == 0)))
        {
            VerifyPacked(packed.Part(0));
            VerifyOthers(others.Part(0));
        }
        else
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = threads };
            Parallel.For(
                0,
                parts,
                options,
                part =>
                {
                    if (part < packed.Parts)
                    {
                        VerifyPacked(packed.Part(part));
                    }
                    else
                    {
                        VerifyOthers(others.Part(part - packed.Parts));
                    }
                }
            );
        }

        _verdicts.AsSpan(0, _items.Count).CopyTo(verdicts);
        _items.Clear();
        _packed.Clear();
        _others.Clear();
    }

    // Copies what the vector core takes.
    private void Pack()
    {
        if (_verdicts.Length < _items.Count)
        {
            _verdicts = new bool[_items.Count];
        }
        if (_packedVerdicts.Length < _packed.Count)
        {
            _keys = new byte[_packed.Count * Ecdsa.PublicKeyBytes];
            _hashes = new byte[_packed.Count * Ecdsa.HashBytes];
            _signatures = new byte[_packed.Count * Ecdsa.SignatureBytes];
            _packedVerdicts = new bool[_packed.Count];
        }
        for (int i = 0; i < _packed.Count; i++)
        {
            Item item = _items[_packed[i]];
            item.Key.PublicKey.Span.CopyTo(_keys.AsSpan(i * Ecdsa.PublicKeyBytes));
            item.Operation.Id.Span.CopyTo(_hashes.AsSpan(i * Ecdsa.HashBytes));
            item.Signature.Span.CopyTo(_signatures.AsSpan(i * Ecdsa.SignatureBytes));
        }
    }

    // Parts lie apart, so threads write to different places.
    private void VerifyPacked((int First, int Count) part)
    {
        Ecdsa.VerifyBatch(
            _keys.AsSpan(part.First * Ecdsa.PublicKeyBytes, part.Count * Ecdsa.PublicKeyBytes),
            _hashes.AsSpan(part.First * Ecdsa.HashBytes, part.Count * Ecdsa.HashBytes),
            _signatures.AsSpan(part.First * Ecdsa.SignatureBytes, part.Count * Ecdsa.SignatureBytes),
            _packedVerdicts.AsSpan(part.First, part.Count)
        );
        for (int i = part.First; i < part.First + part.Count; i++)
        {
            _verdicts[_packed[i]] = _packedVerdicts[i];
        }
    }

    private void VerifyOthers((int First, int Count) part)
    {
        for (int i = part.First; i < part.First + part.Count; i++)
        {
            _verdicts[_others[i]] = Verify(_items[_others[i]]);
        }
    }

    private static bool Verify(in Item item) =>
        item.Key.Type switch
        {
            KeyType.P256 => P256.Verify(item.Key.PublicKey.Span, item.Operation.Id.Span, item.Signature.Span),
            KeyType.Ed25519 => Ed25519.Verify(
                item.Key.PublicKey.Span,
                item.Operation.Message.Span,
                item.Signature.Span
            ),
            _ => throw new InvalidOperationException($"A {item.Key.Type} signs no operations."),
        };
}
