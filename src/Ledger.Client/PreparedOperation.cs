using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A signed operation that can be sent as often as it takes: the ledger records it once and gives the same receipt each time.
/// Immutable.
/// </summary>
public sealed class PreparedOperation
{
    internal PreparedOperation(SubmittedOperation submitted, SignedOperation signedOperation)
    {
        Submitted = submitted;
        SignedOperation = signedOperation;
    }

    /// <summary>The operation as the ledger will read it.</summary>
    public SubmittedOperation Submitted { get; }

    /// <summary>The operation as it is sent. Never change it.</summary>
    public SignedOperation SignedOperation { get; }

    /// <summary>The operation id, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Id => Submitted.Id;

    /// <summary>Takes up an operation that was signed earlier or elsewhere.</summary>
    /// <param name="signedOperation">The operation and its signatures.</param>
    /// <param name="origin">Origin of the ledger that it is meant for.</param>
    /// <exception cref="RefusedException">It is wrong in form: no ledger would take it.</exception>
    public static PreparedOperation From(SignedOperation signedOperation, string origin)
    {
        ArgumentNullException.ThrowIfNull(signedOperation);
        Judgement judgement = OperationCodec.Decode(signedOperation, origin, out SubmittedOperation? submitted);
        return judgement.IsOk
            ? new PreparedOperation(submitted!, signedOperation)
            : throw new RefusedException(judgement);
    }
}
