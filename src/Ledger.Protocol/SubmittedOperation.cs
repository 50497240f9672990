using System.Security.Cryptography;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// A signed operation that <see cref="OperationCodec"/> has parsed: it cannot be wrong in form. Whether its signatures
/// verify and what the rules say of it is not known yet. Immutable, as long as nobody changes the messages that it shows.
/// </summary>
public sealed class SubmittedOperation
{
    // "ledger.v1.Operation\n" ‖ operation bytes ‖ operation id: what is signed, stored and looked up, in one allocation.
    private readonly byte[] _buffer;
    private readonly int _messageBytes;

    internal SubmittedOperation(ReadOnlySpan<byte> bytes, Operation operation, Signature[] signatures)
    {
        _messageBytes = OperationCodec.Domain.Length + bytes.Length;
        _buffer = GC.AllocateUninitializedArray<byte>(_messageBytes + Limits.HashBytes);
        OperationCodec.Domain.CopyTo(_buffer);
        bytes.CopyTo(_buffer.AsSpan(OperationCodec.Domain.Length));
        SHA256.HashData(_buffer.AsSpan(0, _messageBytes), _buffer.AsSpan(_messageBytes));
        Operation = operation;
        Verb = Verb.Of(operation);
        Signatures = signatures;
    }

    /// <summary>The encoded operation, verbatim: 1 to <see cref="Limits.OperationBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(OperationCodec.Domain.Length.._messageBytes);

    /// <summary>The parsed operation. Never change it: others read it too.</summary>
    public Operation Operation { get; }

    /// <summary>The operation id, 32 bytes: SHA-256 of <see cref="Message"/>. ES256K signs it as it is.</summary>
    public ReadOnlyMemory<byte> Id => _buffer.AsMemory(_messageBytes);

    /// <summary>1 to <see cref="Limits.SignaturesMax"/> signatures of 64 bytes, by methods of distinct names.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>What is signed: <see cref="OperationCodec.Domain"/> ‖ <see cref="Bytes"/>. Ed25519 signs it as it is.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _messageBytes);

    /// <summary>Which kind of operation it is.</summary>
    public Verb Verb { get; }

    /// <summary>What a key must be meant for to sign this operation.</summary>
    public KeyPurpose RequiredPurpose => Verb.Purpose;

    /// <summary>Whether the operation creates the DID that acts: then its keys are in the operation itself.</summary>
    public bool CreatesActor => Verb.CreatesActor;

    /// <summary>The DID that acts: the one that is named, or the one that the operation creates.</summary>
    /// <param name="network">The ledger's network. A founding operation names its own, and this is not looked at.</param>
    public string ActorDid(string network) =>
        CreatesActor ? DidSyntax.FromOperationId(Operation.FoundLedger?.Network ?? network, Id.Span) : Operation.Actor;
}
