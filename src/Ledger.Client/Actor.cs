using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>Who acts: a DID, and the keys that sign for it. The keys stay the caller's to dispose of.</summary>
public sealed class Actor
{
    /// <summary>Names who acts.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="keys">
    /// 1 to <see cref="Limits.SignaturesMax"/> of its keys, by distinct names. Each of them signs, and every signature must verify.
    /// </param>
    /// <exception cref="ArgumentException">The text is not a DID of this method, or the number of keys is out of range.</exception>
    public Actor(string did, params SigningKey[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!DidSyntax.IsDid(did))
        {
            throw new ArgumentException("This is not a DID of the method did:pilot.", nameof(did));
        }
        if (keys.Length is 0 or > Limits.SignaturesMax)
        {
            throw new ArgumentException($"1 to {Limits.SignaturesMax} keys sign.", nameof(keys));
        }
        Did = did;
        Keys = keys;
    }

    /// <summary>The DID.</summary>
    public string Did { get; }

    /// <summary>The keys that sign, at least one.</summary>
    public IReadOnlyList<SigningKey> Keys { get; }
}
