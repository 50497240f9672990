using System.Buffers;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// Between the bytes of an operation and what they mean. One operation has one encoding, so its hash names it; whatever
/// passes <see cref="Decode(SignedOperation, string, out SubmittedOperation?)"/> can be refused by keys, clock and state,
/// but not by its form.
/// </summary>
public static class OperationCodec
{
    private const int StackBytesMax = 1024;

    private static readonly StrictMessage<Operation> Strict = new(Operation.Parser);

    /// <summary>What stands before the operation's bytes in the message that is signed and hashed.</summary>
    public static ReadOnlySpan<byte> Domain => "ledger.v1.Operation\n"u8;

    /// <summary>Computes an operation id: SHA-256 of <see cref="Domain"/> ‖ operation bytes.</summary>
    /// <param name="operationBytes">The encoded operation.</param>
    /// <param name="id">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public static void ComputeId(ReadOnlySpan<byte> operationBytes, Span<byte> id)
    {
        int messageBytes = Domain.Length + operationBytes.Length;
        byte[]? rented = messageBytes <= StackBytesMax ? null : ArrayPool<byte>.Shared.Rent(messageBytes);
        Span<byte> message = (rented ?? stackalloc byte[StackBytesMax])[..messageBytes];
        Domain.CopyTo(message);
        operationBytes.CopyTo(message[Domain.Length..]);
        SHA256.HashData(message, id);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Encodes an operation canonically, as its actor signs it.</summary>
    /// <param name="operation">Any operation; its form is judged where it is decoded.</param>
    public static byte[] Encode(Operation operation) => operation.ToByteArray();

    /// <summary>Parses a signed operation and judges its form. See the other overload.</summary>
    /// <param name="signedOperation">The operation as it was sent.</param>
    /// <param name="origin">This ledger's origin.</param>
    /// <param name="operation">The operation when nothing is wrong with its form.</param>
    public static Judgement Decode(SignedOperation signedOperation, string origin, out SubmittedOperation? operation) =>
        Decode(signedOperation.Operation.Memory, signedOperation.Signatures, origin, out operation);

    /// <summary>
    /// Parses a signed operation and makes every check that needs neither clock nor state nor keys, in this order: sizes;
    /// one encoding; the right ledger; a body; every field in its documented range; number, names and lengths of the
    /// signatures. The first that fails is the answer.
    /// </summary>
    /// <param name="bytes">The encoded operation; copied, so the caller may reuse them.</param>
    /// <param name="signatures">The signatures that came with it; the messages are kept, the list is not.</param>
    /// <param name="origin">This ledger's origin.</param>
    /// <param name="operation">The operation when nothing is wrong with its form.</param>
    public static Judgement Decode(
        ReadOnlyMemory<byte> bytes,
        IReadOnlyList<Signature> signatures,
        string origin,
        out SubmittedOperation? operation
    )
    {
        operation = null;
        Judgement judgement = DecodeUnsigned(bytes.Span, origin, out Operation? parsed);
        if (judgement.IsOk)
        {
            judgement = CheckSignatures(signatures);
        }
        if (judgement.IsOk)
        {
            operation = new SubmittedOperation(bytes.Span, parsed!, [.. signatures]);
        }
        return judgement;
    }

    /// <summary>
    /// Parses an operation that nobody has signed yet, and makes every check of the other overloads that is not about signatures.
    /// </summary>
    /// <param name="bytes">The encoded operation.</param>
    /// <param name="origin">The ledger's origin; null: whichever ledger it names.</param>
    /// <param name="operation">The operation when nothing is wrong with its form.</param>
    public static Judgement DecodeUnsigned(ReadOnlySpan<byte> bytes, string? origin, out Operation? operation)
    {
        operation = null;
        if (bytes.Length == 0)
        {
            return Judgement.Refuse(ReasonCode.Empty);
        }
        if (bytes.Length > Limits.OperationBytesMax)
        {
            return Judgement.Refuse(
                ReasonCode.TooLarge,
                $"the operation has {bytes.Length} bytes, and {Limits.OperationBytesMax} are allowed"
            );
        }
        ReasonCode form = Strict.TryParse(bytes, out Operation? parsed);
        if (form != ReasonCode.Applied)
        {
            return Judgement.Refuse(form);
        }
        if (origin is null ? !TextSyntax.IsOrigin(parsed!.Ledger) : parsed!.Ledger != origin)
        {
            return Judgement.Refuse(ReasonCode.WrongLedger);
        }
        if (parsed.BodyCase == Operation.BodyOneofCase.None)
        {
            return Judgement.Refuse(ReasonCode.MissingBody);
        }
        if (OperationForm.FindProblem(parsed) is string problem)
        {
            return Judgement.Refuse(ReasonCode.InvalidField, problem);
        }
        operation = parsed;
        return Judgement.Ok;
    }

    /// <summary>
    /// Judges the numbers of a signature, which depend on the kind of key that made it. secp256k1 and P-256: r and s from 1 to n − 1,
    /// and s in the lower half, because (r, n − s) verifies too and a signature must have no twin. Ed25519: s below the
    /// order of the group (RFC 8032, section 5.1.7), for the same reason.
    /// </summary>
    /// <param name="type">The kind of key.</param>
    /// <param name="signature">Any bytes.</param>
    public static Judgement CheckSignatureForm(KeyType type, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Limits.SignatureBytes)
        {
            return Judgement.Refuse(ReasonCode.SignatureLength);
        }
        switch (type)
        {
            case KeyType.Secp256K1:
                return !Ecdsa.IsInRange(signature) ? Judgement.Refuse(ReasonCode.SignatureRange)
                    : !Ecdsa.IsLowS(signature) ? Judgement.Refuse(ReasonCode.SignatureHighS)
                    : Judgement.Ok;
            case KeyType.P256:
                return !P256.IsInRange(signature) ? Judgement.Refuse(ReasonCode.SignatureRange)
                    : !P256.IsLowS(signature) ? Judgement.Refuse(ReasonCode.SignatureHighS)
                    : Judgement.Ok;
            case KeyType.Ed25519:
                return Ed25519.IsInRange(signature) ? Judgement.Ok : Judgement.Refuse(ReasonCode.SignatureRange);
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "No key has this type.");
        }
    }

    /// <summary>Judges what can be judged of signatures without a key: their number, names and lengths.</summary>
    internal static Judgement CheckSignatures(IReadOnlyList<Signature> signatures)
    {
        if (signatures.Count is 0 or > Limits.SignaturesMax)
        {
            return Judgement.Refuse(
                ReasonCode.SignatureCount,
                $"there are {signatures.Count} signatures, and 1 to {Limits.SignaturesMax} are allowed"
            );
        }
        for (int i = 0; i < signatures.Count; i++)
        {
            if (!DidSyntax.IsFragment(signatures[i].VerificationMethod))
            {
                return Judgement.Refuse(
                    ReasonCode.InvalidField,
                    $"signatures[{i}].verification_method: must be 1 to {Limits.FragmentLengthMax} of a-z, 0-9 and '-'"
                );
            }
        }
        for (int i = 1; i < signatures.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (
                    signatures[i].VerificationMethod == signatures[j].VerificationMethod
                    && signatures[i].ByApprover == signatures[j].ByApprover
                )
                {
                    return Judgement.Refuse(ReasonCode.SignatureCount, $"signatures {j} and {i} name one key");
                }
            }
        }
        for (int i = 0; i < signatures.Count; i++)
        {
            if (signatures[i].Value.Length != Limits.SignatureBytes)
            {
                return Judgement.Refuse(
                    ReasonCode.SignatureLength,
                    $"signatures[{i}].value: has {signatures[i].Value.Length} bytes, and must have {Limits.SignatureBytes}"
                );
            }
        }
        return Judgement.Ok;
    }
}
