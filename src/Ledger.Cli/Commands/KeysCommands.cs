using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>A person's own keys.</summary>
internal sealed class KeysCommands : Command
{
    public KeysCommands()
        : base("keys", "The keys that you sign with. They never leave this machine.")
    {
        Add(new NewCommand());
        Add(new ShowCommand());
        Add(new KeyImportCommand());
        Add(new KeyExportCommand());
    }

    /// <summary>What the key is called in its DID document.</summary>
    public static Option<string> Fragment() =>
        new("--fragment")
        {
            Description = "Name of the key within its DID document.",
            HelpName = "NAME",
            DefaultValueFactory = static _ => SigningKey.DefaultFragment,
        };

    /// <summary>The name that the option gives.</summary>
    /// <exception cref="CommandFailure">It cannot be one.</exception>
    public static string FragmentOf(ParseResult line, Option<string> option)
    {
        string fragment = line.GetRequiredValue(option);
        return Protocol.DidSyntax.IsFragment(fragment)
            ? fragment
            : throw CommandFailure.Usage($"'{fragment}' cannot name a key in a document: 1 to 32 of a-z, 0-9 and '-'.");
    }

    /// <summary>Whether a key is encrypted.</summary>
    public static Option<bool> Encrypt() =>
        new("--encrypt")
        {
            Description =
                "Ask for a passphrase and encrypt the key with it. With --passphrase-file it is encrypted anyway.",
        };

    /// <summary>What is public of a key.</summary>
    public static JsonObject Describe(string name, KeyFile file) =>
        new()
        {
            ["name"] = name,
            ["type"] = EnumNames<KeyType>.Of(file.Type),
            ["fragment"] = file.Fragment,
            ["public_key"] = Convert.ToHexStringLower(file.PublicKey.Span),
            ["did_key"] = Protocol.DidKey.Format(file.Type, file.PublicKey.Span),
            ["encrypted"] = file.IsEncrypted,
            ["did"] = file.Did,
            ["file"] = file.Path,
        };

    private sealed class NewCommand : Verb
    {
        private readonly Argument<string> _name = new("name") { Description = "Name of the key, as --as takes it." };

        private readonly Option<KeyType> _type = EnumNames<KeyType>.Option(
            "--type",
            "Kind of key. Default: secp256k1.",
            KeyType.Multikey
        );

        private readonly Option<string> _fragment = Fragment();
        private readonly Option<bool> _encrypt = Encrypt();

        public NewCommand()
            : base(
                "new",
                "Make a key and keep it in a file that its owner alone can read.",
                "ledger keys new alice",
                "ledger keys new alice-2 --type ed25519 --fragment key-2 --encrypt"
            )
        {
            Add(_name);
            Add(_type);
            Add(_fragment);
            Add(_encrypt);
            KeyRing.AddTo(this, canOpen: true);
        }

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            KeyRing keys = new(line, output);
            string name = line.GetRequiredValue(_name);
            string fragment = FragmentOf(line, _fragment);
            using SigningKey key = SigningKey.Generate(line.GetValue(_type).Or(KeyType.Secp256K1), fragment);
            keys.Add(name, key, line.GetValue(_encrypt));
            output.Result(Describe(name, keys.Read(name)));
            return Task.FromResult(ExitCodes.Done);
        }
    }

    private sealed class ShowCommand : Verb
    {
        private readonly Argument<string?> _name = new("name")
        {
            Description = "Name of the key. Without it, all keys.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        public ShowCommand()
            : base("show", "Show what is public of a key, or of all.", "ledger keys show alice")
        {
            Add(_name);
            KeyRing.AddTo(this, canOpen: false);
        }

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            KeyRing keys = new(line, output);
            if (line.GetValue(_name) is { } name)
            {
                output.Result(Describe(name, keys.Read(name)));
                return Task.FromResult(ExitCodes.Done);
            }

            List<JsonObject> all = [];
            int unreadable = 0;
            foreach (string each in keys.Names)
            {
                try
                {
                    all.Add(Describe(each, keys.Read(each)));
                }
                catch (Exception e) when (Failures.Describe(e, isInterrupted: false) is { } problem)
                {
                    all.Add(new JsonObject { ["name"] = each, ["problem"] = problem.Message });
                    unreadable++;
                }
            }

            output.Result(new JsonObject { ["keys"] = Fields.List(all) });
            if (unreadable > 0)
            {
                output.Warn($"{unreadable} of {all.Count} files could not be read as keys.");
            }

            return Task.FromResult(unreadable == 0 ? ExitCodes.Done : ExitCodes.Unreachable);
        }
    }
}
