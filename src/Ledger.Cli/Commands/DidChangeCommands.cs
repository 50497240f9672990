using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Changes the document of a DID.</summary>
internal sealed class DidUpdateCommand : DidChangeVerb
{
    private readonly DocumentOptions _document = new();
    private readonly NextKeyOptions _next = new();

    public DidUpdateCommand()
        : base(
            "update",
            "Change the document of a DID: keys, controllers, services, aliases, threshold.",
            "ledger did update --as alice --add-key alice-2 --threshold 2",
            "ledger did update --as alice --as alice-2 --add-service web,LinkedDomains,https://alice.example",
            "ledger did update --did alice --remove key-2 --prepare change.op"
        )
    {
        AddUsual(KeyRing.OverwriteDid);
        Remarks = "To replace your key by a new one, use `ledger did rotate`.";
        _document.AddTo(this, canRemove: true);
        _next.AddTo(this);
    }

    protected override Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
    {
        foreach (string name in _document.AddedKeys(scene.Line))
        {
            scene.Keys.RequireFree(name, scene.Line.GetValue(KeyRing.OverwriteDid), scene.Did);
        }

        DidDocument current = scene.ProvenDocument;
        DidDocument document = _document.Apply(current, scene.Line, scene.Keys);
        _next.Apply(
            document,
            scene.Line,
            scene.Keys,
            [.. scene.Signers.Select(static signer => (signer, KeyRing.NextOf(signer.Name)))]
        );
        NextKeys.Require(current, document);
        UpdateDid update = new()
        {
            Did = scene.Did,
            Previous = scene.Resolved.Record.LastOperation,
            Document = document,
        };
        JsonObject fields = new() { ["did"] = scene.Did, ["changes"] = Fields.Changes(current, document) };
        fields["document"] = Fields.Of(document);
        return Task.FromResult(new Asked(new Operation { UpdateDid = update }, fields));
    }

    protected override void Recorded(ChangeScene scene)
    {
        foreach (string name in _document.AddedKeys(scene.Line))
        {
            scene.Keys.Assign(name, scene.Did);
        }
    }
}

/// <summary>Replaces keys by new ones.</summary>
internal sealed class DidRotateCommand : DidChangeVerb
{
    private readonly Option<string[]> _key = new("--key")
    {
        Description = "Name of the key that is replaced. Can be repeated. Default: those that sign.",
        HelpName = "KEY",
    };

    private readonly Option<string[]> _to = new("--to")
    {
        Description =
            $"Replace all keys that change DIDs by these: {KeyNames.Form} Can be repeated. Default: by keys that are made.",
        HelpName = "KEY",
    };

    private readonly Option<KeyType> _keyType = EnumNames<KeyType>.Option(
        "--key-type",
        "Kind of the keys that are made. Default: as those that they replace.",
        KeyType.Multikey
    );

    private readonly NextKeyOptions _next = new();

    public DidRotateCommand()
        : base(
            "rotate",
            "Replace keys of a DID by new ones, and keep them under the names of the old.",
            "ledger did rotate --as alice",
            "ledger did rotate --as alice --commit-next",
            "ledger did rotate --did alice --to alice-next=did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme --prepare rotation.op"
        )
    {
        Remarks =
            "A new key is on disk, as KEY.next, before the ledger hears of it, and takes the name of the old one when the receipt is there: "
            + "whatever fails in between, run the command again. Where the document commits to its next keys, KEY.next is what was made for that.";
        Add(_key);
        Add(_to);
        Add(_keyType);
        _next.AddTo(this);
    }

    protected override Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
    {
        DidDocument current = scene.ProvenDocument;
        List<OpenKey> opened = [];
        try
        {
            DidDocument document = scene.Line.GetValue(_to) is { Length: > 0 } to
                ? ReplaceAll(scene, current, to, opened)
                : ReplaceOwn(scene, current, opened);
            document.NextKeysCommitment = ByteString.Empty;
            _next.Apply(
                document,
                scene.Line,
                scene.Keys,
                [.. opened.Select(static key => (key, KeyRing.NextOf(key.Name)))]
            );
            NextKeys.Require(current, document);
            UpdateDid update = new()
            {
                Did = scene.Did,
                Previous = scene.Resolved.Record.LastOperation,
                Document = document,
            };
            JsonObject fields = new() { ["did"] = scene.Did, ["changes"] = Fields.Changes(current, document) };
            return Task.FromResult(new Asked(new Operation { UpdateDid = update }, fields));
        }
        finally
        {
            opened.ForEach(static key => key.Dispose());
        }
    }

    // The receipt of the rotation was lost: it is not done a second time.
    protected override JsonObject? AskedEarlier(IReadOnlyList<string> replaced, Signing signing)
    {
        if (!signing.Signers.Any(signer => replaced.Contains(signer.Name)))
        {
            return null;
        }

        signing.Output.Note(
            "An earlier rotation had been recorded, and its receipt was lost. The key files are in order now."
        );
        return new JsonObject { ["did"] = signing.Actor.Did, ["rotated_earlier"] = true };
    }

    private DidDocument ReplaceAll(ChangeScene scene, DidDocument current, string[] to, List<OpenKey> opened)
    {
        if (scene.Line.GetValue(_key) is { Length: > 0 })
        {
            throw CommandFailure.Usage($"Give either {_key.Name} or {_to.Name}.");
        }

        foreach (string name in to.Where(name => _next.IsAsked(scene.Line) && !KeyNames.IsPublic(name)))
        {
            opened.Add(scene.Keys.Open(name));
        }

        return NextKeys.Replace(current, [.. to.Select(text => KeyNames.Method(text, scene.Keys))]);
    }

    private DidDocument ReplaceOwn(ChangeScene scene, DidDocument current, List<OpenKey> opened)
    {
        DidDocument document = current.Clone();
        IReadOnlyList<OpenKey> replaced = scene.Line.GetValue(_key) is { Length: > 0 } named
            ? OpenAll(scene.Keys, named)
            : scene.Signers;
        try
        {
            if (replaced.Count == 0)
            {
                throw CommandFailure.Usage($"Which keys are replaced? Name them with {_key.Name} or {_to.Name}.");
            }

            foreach (OpenKey key in replaced)
            {
                VerificationMethod method =
                    document.VerificationMethods.FirstOrDefault(m => NextKeyOptions.IsOf(m, key))
                    ?? throw CommandFailure.Usage($"The key {key.Name} is not in the document of {scene.Did}.");
                OpenKey next = scene.Keys.OpenOrMake(
                    key,
                    KeyRing.NextOf(key.Name),
                    scene.Line.GetValue(_keyType).Or(key.Key.Type),
                    NextKeyOptions.FreeFragment(document)
                );
                opened.Add(next);
                method.Fragment = next.Key.Fragment;
                method.Type = next.Key.Type;
                method.PublicKey = ByteString.CopyFrom(next.Key.PublicKey.Span);
                method.ValidUntil = 0;
            }
        }
        finally
        {
            if (!ReferenceEquals(replaced, scene.Signers))
            {
                foreach (OpenKey key in replaced)
                {
                    key.Dispose();
                }
            }
        }

        return document;
    }
}

/// <summary>Ends a DID.</summary>
internal sealed class DidDeactivateCommand : DidChangeVerb
{
    public DidDeactivateCommand()
        : base(
            "deactivate",
            "End a DID for writes, for ever. Its history stays resolvable.",
            "ledger did deactivate --as alice"
        ) { }

    protected override Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
    {
        DeactivateDid end = new() { Did = scene.Did, Previous = scene.Resolved.Record.LastOperation };
        return Task.FromResult(
            new Asked(
                new Operation { DeactivateDid = end },
                new JsonObject { ["did"] = scene.Did, ["deactivated"] = true }
            )
        );
    }
}
