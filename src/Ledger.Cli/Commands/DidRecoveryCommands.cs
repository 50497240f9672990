using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Takes a DID back with a recovery key.</summary>
internal sealed class DidRecoverCommand : DidChangeVerb
{
    private readonly Option<string[]> _to = new("--to")
    {
        Description =
            $"Key that the DID is to have from now on: {KeyNames.Form} A name that none of yours has makes one. Can be repeated.",
        HelpName = "KEY",
        Required = true,
    };

    private readonly Option<KeyType> _keyType = EnumNames<KeyType>.Option(
        "--key-type",
        "Kind of a key that is made. Default: secp256k1.",
        KeyType.Multikey
    );

    private readonly Option<long?> _fromVersion = new("--from-version")
    {
        Description =
            "Take controllers, services, aliases and the keys that change no DIDs from the version that the entry at this index wrote. Default: from none.",
        HelpName = "INDEX",
    };

    private readonly DocumentOptions _document = new();
    private readonly RecoveryOptions _recovery = new();
    private readonly NextKeyOptions _next = new();

    public DidRecoverCommand()
        : base(
            "recover",
            "Take a DID back with a recovery key: its document is replaced at once.",
            "ledger did recover --as alice-recovery --to alice-new",
            "ledger did recover --did alice --as alice-recovery --to alice-new --from-version 12 --recovery-key alice-recovery-2"
        )
    {
        Remarks =
            "Whoever had the DID in between may have changed all of its document, so the new one has what is named here and nothing else. "
            + "What `ledger did history` shows as the last good version is what --from-version is for. New recovery keys are proposed, "
            + "as by `ledger did recovery change`.";
        Add(_to);
        Add(_keyType);
        Add(_fromVersion);
        _document.AddTo(this, canRemove: true);
        _recovery.AddTo(this);
        _next.AddTo(this);
    }

    protected override bool IsByRecoveryKey(ParseResult line) => true;

    protected override async Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
    {
        DidDocument kept = await KeptAsync(scene, stop);
        List<OpenKey> own = [];
        try
        {
            DidDocument document = NextKeys.Replace(kept, Keys(scene, own));
            document.UpdateThreshold = 0;
            document = _document.Apply(document, scene.Line, scene.Keys);
            _next.Apply(document, scene.Line, scene.Keys, [.. own.Select(static k => (k, KeyRing.NextOf(k.Name)))]);
            RecoverDid recover = new()
            {
                Did = scene.Did,
                Previous = scene.Resolved.Record.LastOperation,
                Document = document,
                Recovery = _recovery.Read(scene.Line, scene.Keys),
            };
            JsonObject fields = new()
            {
                ["did"] = scene.Did,
                ["changes"] = Fields.Changes(scene.Resolved.Record.Document, document),
                ["document"] = Fields.Of(document),
            };
            if (recover.Recovery is { } proposed)
            {
                fields["proposed"] = DidWords.Policy(proposed);
            }

            return new Asked(new Operation { RecoverDid = recover }, fields);
        }
        finally
        {
            own.ForEach(static key => key.Dispose());
        }
    }

    // What an earlier version held besides its update keys.
    private async Task<DidDocument> KeptAsync(ChangeScene scene, CancellationToken stop)
    {
        if (scene.Line.GetValue(_fromVersion) is not { } index)
        {
            return new DidDocument();
        }

        if (index < 0)
        {
            throw CommandFailure.Usage($"{_fromVersion.Name} is 0 or more.");
        }

        ResolvedDid version = await scene.Client.ResolveVersionAsync(scene.Did, index, stop);
        return (scene with { Resolved = version }).ProvenDocument;
    }

    private List<VerificationMethod> Keys(ChangeScene scene, List<OpenKey> own)
    {
        List<VerificationMethod> keys = [];
        foreach (string text in scene.Line.GetRequiredValue(_to))
        {
            if (KeyNames.IsPublic(text))
            {
                keys.Add(KeyNames.Method(text, scene.Keys));
                continue;
            }

            if (!scene.Keys.Has(text))
            {
                // Above every name that the DID's keys have had lately, so that an old signature is never taken for one by a new key.
                DidDocument taken = scene.Resolved.Record.Document.Clone();
                taken.VerificationMethods.AddRange(keys);
                using SigningKey made = SigningKey.Generate(
                    scene.Line.GetValue(_keyType).Or(KeyType.Secp256K1),
                    NextKeyOptions.FreeFragment(taken)
                );
                scene.Keys.Add(text, made, encrypt: false);
            }

            scene.Keys.RequireFree(text, overwrite: false, scene.Did);
            own.Add(scene.Keys.Open(text));
            keys.Add(KeyNames.Method(own[^1]));
        }

        return keys;
    }
}

/// <summary>Who can take a DID back: show, change, cancel a change.</summary>
internal sealed class DidRecoveryCommands : Command
{
    public DidRecoveryCommands()
        : base("recovery", "Who can take a DID back.")
    {
        Add(new ShowCommand());
        Add(new ChangeCommand());
        Add(new CancelCommand());
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _did = new("did") { Description = "The DID, or the name of a key of yours." };

        public ShowCommand()
            : base(
                "show",
                "Show who can take a DID back, and whether a change of that is pending.",
                "ledger did recovery show alice"
            ) => Add(_did);

        protected override Func<LedgerClient, Task<Shown>> Ask(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string did = keys.DidOf(line.GetRequiredValue(_did));
            return async client =>
            {
                ResolvedDid resolved = await client.ResolveAsync(did, stop);
                JsonObject fields = new() { ["did"] = did };
                fields.With(Fields.OfRecovery(resolved));
                return new Shown(fields, resolved.Entry, resolved.Current) { NotVerified = ["recovery_by_time"] };
            };
        }
    }

    private sealed class ChangeCommand : DidChangeVerb
    {
        private readonly RecoveryOptions _recovery = new();

        private readonly Option<bool> _none = new("--none")
        {
            Description = "Propose that nobody can take the DID back.",
        };

        private readonly Option<bool> _byRecoveryKey = new("--by-recovery-key")
        {
            Description =
                "A recovery key signs, and not a key of the document: its proposal can be cancelled by a recovery key of its rank or above alone.",
        };

        public ChangeCommand()
            : base(
                "change",
                "Propose who can take a DID back. The change waits, and a recovery key can cancel it.",
                "ledger did recovery change --as alice --recovery-key alice-recovery --recovery-key notary=did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK --recovery-delay 7d",
                "ledger did recovery change --did alice --as alice-recovery --by-recovery-key --recovery-key alice-recovery-2"
            )
        {
            Remarks =
                "It waits for the delay of the policy in force, and takes effect by itself. While there are no recovery keys, nobody could "
                + "cancel it, and it takes effect at once.";
            _recovery.AddTo(this);
            Add(_none);
            Add(_byRecoveryKey);
        }

        protected override bool IsByRecoveryKey(ParseResult line) => line.GetValue(_byRecoveryKey);

        protected override Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
        {
            RecoveryPolicy? policy = _recovery.Read(scene.Line, scene.Keys);
            if (policy is null != scene.Line.GetValue(_none))
            {
                throw CommandFailure.Usage($"Give either --recovery-key or {_none.Name}.");
            }

            ByteString previous = scene.Resolved.Record.LastOperation;
            Operation body = IsByRecoveryKey(scene.Line)
                ? new Operation
                {
                    RecoverDid = new RecoverDid
                    {
                        Did = scene.Did,
                        Previous = previous,
                        Recovery = policy ?? new RecoveryPolicy(),
                    },
                }
                : new Operation
                {
                    ChangeRecovery = new ChangeRecovery
                    {
                        Did = scene.Did,
                        Previous = previous,
                        Recovery = policy,
                    },
                };
            RecoveryPolicy? inForce = scene.Resolved.Recovery;
            JsonObject fields = new()
            {
                ["did"] = scene.Did,
                ["proposed"] = DidWords.Policy(policy),
                ["in_force"] = DidWords.Policy(inForce),
                ["takes_effect"] = inForce is { Keys.Count: > 0 }
                    ? $"{DidWords.DelayOf(inForce).TotalSeconds} s after it is recorded, unless it is cancelled"
                    : "at once",
            };
            return Task.FromResult(new Asked(body, fields));
        }

        protected override void Recorded(ChangeScene scene) =>
            scene.Keys.AssignFree(_recovery.OwnKeys(scene.Line), scene.Did);
    }

    private sealed class CancelCommand : DidChangeVerb
    {
        public CancelCommand()
            : base(
                "cancel",
                "Stop a pending change of who can take a DID back, with a recovery key.",
                "ledger did recovery cancel --as alice-recovery"
            ) =>
            Remarks =
                "A recovery key stops what keys of the document proposed, and what a recovery key of its rank or below did.";

        protected override bool IsByRecoveryKey(ParseResult line) => true;

        protected override Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop)
        {
            CancelRecovery cancel = new() { Did = scene.Did, Previous = scene.Resolved.Record.LastOperation };
            JsonObject fields = new()
            {
                ["did"] = scene.Did,
                ["cancelled"] = DidWords.Policy(scene.Resolved.Pending?.Recovery),
                ["in_force"] = DidWords.Policy(scene.Resolved.Recovery),
            };
            return Task.FromResult(new Asked(new Operation { CancelRecovery = cancel }, fields));
        }
    }
}
