using Ledger.Protocol;

namespace Ledger;

/// <summary>
/// A host's own say in what it lets in, by who sent it: asked of an operation that is right in form, new, and signed with the names
/// of keys in force, before its signatures are verified. What it turns away is not recorded.
/// </summary>
/// <param name="operation">The operation.</param>
public delegate Judgement Door(SubmittedOperation operation);
