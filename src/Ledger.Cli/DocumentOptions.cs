using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Options that say how a DID document differs from another: from the smallest one, or from the current one.</summary>
internal sealed class DocumentOptions
{
    private readonly Option<string[]> _addKey = Many(
        "--add-key",
        "KEY",
        $"Another key that the document is to hold: {KeyNames.Form}"
    );
    private readonly Option<string[]> _addController = Many(
        "--add-controller",
        "DID",
        "DID that may also change this one."
    );
    private readonly Option<string[]> _addService = Many(
        "--add-service",
        "NAME,TYPE,URI",
        "Place where the subject can be reached."
    );
    private readonly Option<string[]> _addAlias = Many("--add-alias", "URI", "URI of the same subject.");
    private readonly Option<string[]> _remove = Many(
        "--remove",
        "NAME|DID|URI",
        "What the document is to hold no more: a key or service by its name, a controller, an alias."
    );

    private readonly Option<int?> _threshold = new("--threshold")
    {
        Description =
            "How many of the document's keys must sign together to change a DID. Default: as before, at first 1.",
        HelpName = "COUNT",
    };

    /// <summary>Gives a command the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="canRemove">Whether there is a document before that something can be taken from.</param>
    public void AddTo(Command command, bool canRemove)
    {
        command.Add(_addKey);
        command.Add(_addController);
        command.Add(_addService);
        command.Add(_addAlias);
        command.Add(_threshold);
        if (canRemove)
        {
            command.Add(_remove);
        }
    }

    /// <summary>The names of keys that the document is to hold besides.</summary>
    /// <remarks>Those alone that are the person's own.</remarks>
    public IReadOnlyList<string> AddedKeys(ParseResult line) =>
        [.. (line.GetValue(_addKey) ?? []).Where(static text => !KeyNames.IsPublic(text))];

    /// <summary>Makes the changes.</summary>
    /// <exception cref="CommandFailure">What is to be removed is not there, or a service is not of its form.</exception>
    public DidDocument Apply(DidDocument before, ParseResult line, KeyRing keys)
    {
        DidDocument document = before.Clone();
        foreach (string removed in line.GetValue(_remove) ?? [])
        {
            Remove(document, removed);
        }

        document.VerificationMethods.AddRange(
            (line.GetValue(_addKey) ?? []).Select(text => KeyNames.Method(text, keys))
        );
        if (line.GetValue(_threshold) is { } threshold)
        {
            document.UpdateThreshold =
                threshold >= 1 ? (uint)threshold : throw CommandFailure.Usage($"{_threshold.Name} is at least 1.");
        }

        document.Controllers.AddRange((line.GetValue(_addController) ?? []).Select(keys.DidOf));
        document.Services.AddRange((line.GetValue(_addService) ?? []).Select(ParseService));
        document.AlsoKnownAs.AddRange(line.GetValue(_addAlias) ?? []);
        return document;
    }

    private static void Remove(DidDocument document, string what)
    {
        bool removed =
            RemoveFirst(document.VerificationMethods, method => method.Fragment == what)
            || RemoveFirst(document.Services, service => service.Fragment == what)
            || document.Controllers.Remove(what)
            || document.AlsoKnownAs.Remove(what);
        if (!removed)
        {
            throw CommandFailure.Usage($"The document holds no key, service, controller or alias {what}.");
        }
    }

    private static bool RemoveFirst<T>(IList<T> list, Func<T, bool> isIt)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (isIt(list[i]))
            {
                list.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    private static Service ParseService(string text)
    {
        string[] parts = text.Split(',', 3);
        return parts.Length == 3
            ? new Service
            {
                Fragment = parts[0],
                Type = parts[1],
                Endpoint = parts[2],
            }
            : throw CommandFailure.Usage($"'{text}' is not a service: NAME,TYPE,URI.");
    }

    private static Option<string[]> Many(string name, string helpName, string description) =>
        new(name) { Description = description + " Can be repeated.", HelpName = helpName };
}
