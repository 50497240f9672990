using System.CommandLine;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Options of pre-rotation: a document commits to the update keys that come next.</summary>
internal sealed class NextKeyOptions
{
    private readonly Option<bool> _commitNext = new("--commit-next")
    {
        Description =
            "Make the next keys now, as KEY.next among your keys, and commit to them: until `ledger did rotate`, nobody can bring in others.",
    };

    private readonly Option<string[]> _nextKeys = new("--next-keys")
    {
        Description =
            $"Commit to these next keys, all of the document's that are to change DIDs: {KeyNames.Form} Can be repeated.",
        HelpName = "KEY",
    };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_commitNext);
        command.Add(_nextKeys);
    }

    /// <summary>Whether keys are to be made.</summary>
    public bool IsAsked(ParseResult line) => line.GetValue(_commitNext);

    /// <summary>Writes the commitment that the command line asks for into a document that is otherwise done.</summary>
    /// <param name="document">The document.</param>
    /// <param name="line">The command line.</param>
    /// <param name="keys">Where the keys lie, and are kept.</param>
    /// <param name="own">
    /// The keys in the document that are the person's own, each with the name that the one after it is to have among their keys.
    /// </param>
    /// <exception cref="CommandFailure">Both options are given.</exception>
    public void Apply(
        DidDocument document,
        ParseResult line,
        KeyRing keys,
        IReadOnlyList<(OpenKey Key, string NextName)> own
    )
    {
        string[] named = line.GetValue(_nextKeys) ?? [];
        if (!IsAsked(line))
        {
            if (named.Length > 0)
            {
                Commit(document, [.. named.Select(text => KeyNames.Method(text, keys))]);
            }

            return;
        }

        if (named.Length > 0)
        {
            throw CommandFailure.Usage($"Give either {_commitNext.Name} or {_nextKeys.Name}.");
        }

        DidDocument next = document.Clone();
        foreach ((OpenKey key, string nextName) in own)
        {
            VerificationMethod? method = next.VerificationMethods.FirstOrDefault(m => IsOf(m, key));
            if (method is not null && UpdateKeys.Contains(method))
            {
                using OpenKey made = keys.OpenOrMake(key, nextName, key.Key.Type, FreeFragment(next));
                method.Fragment = made.Key.Fragment;
                method.Type = made.Key.Type;
                method.PublicKey = ByteString.CopyFrom(made.Key.PublicKey.Span);
            }
        }

        Commit(document, [.. next.VerificationMethods.Where(UpdateKeys.Contains)]);
    }

    /// <summary>A name that no key or service of a document has: key-N, above every other.</summary>
    public static string FreeFragment(DidDocument document)
    {
        int highest = document
            .VerificationMethods.Select(static method => method.Fragment)
            .Concat(document.Services.Select(static service => service.Fragment))
            .Select(static fragment =>
                fragment.StartsWith("key-", StringComparison.Ordinal)
                && int.TryParse(fragment.AsSpan(4), out int number)
                    ? number
                    : 0
            )
            .DefaultIfEmpty(0)
            .Max();
        return $"key-{highest + 1}";
    }

    /// <summary>Whether a method is a key.</summary>
    public static bool IsOf(VerificationMethod method, OpenKey key) =>
        method.Type == key.Key.Type && method.PublicKey.Span.SequenceEqual(key.Key.PublicKey.Span);

    private static void Commit(DidDocument document, IReadOnlyList<VerificationMethod> next) =>
        document.NextKeysCommitment = ByteString.CopyFrom(
            UpdateKeys.Commit(new DidDocument { VerificationMethods = { next } })
        );
}
