using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>The documented range of every field of an operation (proto/ledger/v1/operation.proto).</summary>
internal static class OperationForm
{
    /// <summary>The form of every verb's body, domain by domain.</summary>
    public static readonly VerbForm[] Bodies =
    [
        .. PartyForms.All,
        .. DidForms.All,
        .. SupervisionForms.All,
        .. PilotForms.All,
        .. ClassForms.All,
        .. PolicyForms.All,
        .. TokenForms.All,
        .. GroupForms.All,
    ];

    /// <summary>Finds the first field that is missing or out of its range.</summary>
    /// <param name="operation">An operation with a body.</param>
    /// <returns>Null when there is none; otherwise for example <c>nonce: must have 16 bytes</c>.</returns>
    public static string? FindProblem(Operation operation)
    {
        Verb verb = Verb.Of(operation);
        return operation.NotAfter == 0 ? "not_after: is missing"
            : operation.Nonce.Length != Limits.NonceBytes ? $"nonce: must have {Limits.NonceBytes} bytes"
            : verb.CreatesActor && operation.Actor.Length != 0
                ? "actor: must be empty, because the operation creates the DID that acts"
            : !verb.CreatesActor && !DidSyntax.IsDid(operation.Actor) ? "actor: " + FieldForms.NotADid
            : FindApproverProblem(operation, verb) is string approver ? approver
            : verb.FindProblem(operation)
                ?? (
                    verb.IsByRecoveryKey && verb.SubjectOf(operation) != operation.Actor
                        ? $"{verb}.did: must be the DID that acts"
                        : null
                );
    }

    // Who may approve an act on parties, pilots, classes and tokens; a DID is changed by its own keys.
    private static string? FindApproverProblem(Operation operation, Verb verb) =>
        operation.Approver.Length == 0 ? null
        : !DidSyntax.IsDid(operation.Approver) ? "approver: " + FieldForms.NotADid + ", or empty"
        : operation.Approver == operation.Actor ? "approver: is the actor"
        : verb.Purpose != KeyPurpose.AssertionMethod ? "approver: nobody approves an operation of this kind"
        : null;
}
