using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Keys as people name them in options: one of their own by its name, one of somebody else by its public half.</summary>
internal static class KeyNames
{
    /// <summary>What an option takes, for its description.</summary>
    public const string Form =
        "the name of one of yours, or NAME=did:key:… for anyone's, NAME being what the document calls it.";

    private static readonly KeyPurpose[] ForEverything =
    [
        KeyPurpose.Authentication,
        KeyPurpose.AssertionMethod,
        KeyPurpose.CapabilityInvocation,
    ];

    /// <summary>Whether a text names a key by its public half.</summary>
    public static bool IsPublic(string text) => text.Contains('=', StringComparison.Ordinal);

    /// <summary>A key for a document, meant for all that it can be used for.</summary>
    /// <exception cref="CommandFailure">The text names none.</exception>
    public static VerificationMethod Method(string text, KeyRing keys)
    {
        VerificationMethod method = Key(text, keys);
        if (method.Type == KeyType.Multikey)
        {
            // One that signs no operations is for what its kind is for: X25519 for key agreement.
            method.Purposes.AddRange(
                Parse(text).Purposes.Where(static p => p != KeyPurpose.CapabilityInvocation).Order()
            );
        }
        else
        {
            method.Purposes.AddRange(ForEverything);
        }

        return method;
    }

    /// <summary>A key with no purposes, as a recovery policy holds it.</summary>
    /// <exception cref="CommandFailure">The text names none.</exception>
    public static VerificationMethod Key(string text, KeyRing keys)
    {
        if (IsPublic(text))
        {
            VerificationMethod key = Parse(text);
            return new VerificationMethod
            {
                Fragment = text[..text.IndexOf('=', StringComparison.Ordinal)],
                Type = key.Type,
                PublicKey = key.PublicKey,
            };
        }

        KeyFile file = keys.Read(text);
        return new VerificationMethod
        {
            Fragment = file.Fragment,
            Type = file.Type,
            PublicKey = ByteString.CopyFrom(file.PublicKey.Span),
        };
    }

    private static VerificationMethod Parse(string text)
    {
        string did = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..];
        string problem = "it begins with did:key:";
        return
            did.StartsWith("did:key:", StringComparison.Ordinal) && DidKey.TryParse(did, out DidKey? key, out problem)
            ? key!.Document.VerificationMethods[0]
            : throw CommandFailure.Usage($"'{text}' is not NAME=did:key:…: {problem}.");
    }

    /// <summary>The public half of an open key, for a document.</summary>
    public static VerificationMethod Method(OpenKey key) => key.Key.ToVerificationMethod();
}
