using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Selective disclosure: digest, disclose, verify. None of them needs a node.</summary>
internal sealed class FieldCommands : Command
{
    public FieldCommands()
        : base(
            "field",
            "Named fields behind one root: show one of them, and tell nothing of the others. Needs no node."
        )
    {
        Add(new DigestCommand());
        Add(new DiscloseCommand());
        Add(new VerifyCommand());
    }

    private static Argument<string> FieldsFile() =>
        new("fields") { Description = "File with the fields and their salts, as `ledger field digest` writes it." };

    private sealed class DigestCommand : Verb
    {
        private readonly Argument<string[]> _fields = new("field")
        {
            Description = "A field and its value: NAME=VALUE, or NAME=@FILE for what a file holds.",
            HelpName = "NAME=VALUE",
            Arity = ArgumentArity.OneOrMore,
        };

        private readonly Option<string> _out = new("--out")
        {
            Description = "File to write the fields and their new salts to. Keep it secret; to destroy it erases.",
            HelpName = "FILE",
            Required = true,
        };

        public DigestCommand()
            : base(
                "digest",
                "Make the root of named fields, each with a salt of its own.",
                "ledger field digest artist=Lin year=1987 scan=@scan.png --out medal.fields"
            )
        {
            Remarks = "The root goes on the ledger with the content of a token (--fields-root); the file never does.";
            Add(_fields);
            Add(_out);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            List<SaltedField> fields = [];
            foreach (string text in line.GetRequiredValue(_fields))
            {
                fields.Add(await ReadAsync(text, stop));
            }

            FieldDigests digests = Digest(fields);
            using OutputFile file = OutputFile.Prepare(line.GetRequiredValue(_out))!;
            file.Write(FieldFiles.Write(digests));
            output.Result(
                new JsonObject
                {
                    ["file"] = file.Path,
                    ["fields"] = Fields.List(digests.Fields.Select(static field => Fields.Text(field.Name))),
                    ["fields_root"] = Convert.ToHexStringLower(digests.Root.Span),
                }
            );
            return ExitCodes.Done;
        }

        private static FieldDigests Digest(List<SaltedField> fields)
        {
            try
            {
                return FieldDigests.Of(fields);
            }
            catch (ArgumentException e)
            {
                throw CommandFailure.Usage(e.Message);
            }
        }

        private static async Task<SaltedField> ReadAsync(string text, CancellationToken stop)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw CommandFailure.Usage($"'{text}' is not NAME=VALUE.");
            }

            string value = text[(equals + 1)..];
            byte[] bytes = value.StartsWith('@')
                ? await File.ReadAllBytesAsync(value[1..], stop)
                : Encoding.UTF8.GetBytes(value);
            return new SaltedField(text[..equals], Commitments.NewSalt(), bytes);
        }
    }

    private sealed class DiscloseCommand : Verb
    {
        private readonly Argument<string> _fields = FieldsFile();
        private readonly Argument<string> _name = new("name") { Description = "Name of the field to show." };

        private readonly Option<string> _out = new("--out")
        {
            Description = "File to write, for whoever is to see the field.",
            HelpName = "FILE",
            Required = true,
        };

        public DiscloseCommand()
            : base(
                "disclose",
                "Show one field: a file with its value, its salt and its path to the root.",
                "ledger field disclose medal.fields year --out year.disclosure"
            ) => this.AddOwn([_fields, _name, _out]);

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            string path = line.GetRequiredValue(_fields);
            string name = line.GetRequiredValue(_name);
            if (!FieldFiles.TryReadFields(await ReadAsync(path, stop), out FieldDigests? digests, out string problem))
            {
                throw CommandFailure.Unreachable($"{path} is not a file with fields: {problem}.");
            }

            if (digests.Fields.All(field => field.Name != name))
            {
                throw CommandFailure.Usage(
                    $"There is no field {name} in {path}: {string.Join(", ", digests.Fields.Select(static field => field.Name))}."
                );
            }

            using OutputFile file = OutputFile.Prepare(line.GetRequiredValue(_out))!;
            file.Write(digests.Disclose(name).ToBytes());
            output.Result(
                new JsonObject
                {
                    ["file"] = file.Path,
                    ["name"] = name,
                    ["fields_root"] = Convert.ToHexStringLower(digests.Root.Span),
                }
            );
            return ExitCodes.Done;
        }
    }

    private sealed class VerifyCommand : Verb
    {
        private readonly Argument<string> _disclosure = new("disclosure") { Description = "File that shows a field." };

        private readonly Option<string> _root = new("--root")
        {
            Description = "The root that the ledger holds, in hexadecimal: `ledger token show` prints it.",
            HelpName = "HEX",
            Required = true,
        };

        public VerifyCommand()
            : base(
                "verify",
                "Verify that a field that is shown is one of those behind a root.",
                $"ledger field verify year.disclosure --root {new string('5', 64)}"
            ) => this.AddOwn([_disclosure, _root]);

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            string path = line.GetRequiredValue(_disclosure);
            byte[] root = Digests.Parse(line.GetRequiredValue(_root)).ToByteArray();
            byte[] bytes = await ReadAsync(path, stop);
            if (!FieldDisclosure.TryParse(bytes, out FieldDisclosure? disclosure, out string problem))
            {
                throw CommandFailure.Unreachable($"{path} is not a file that shows a field: {problem}.");
            }

            if (!disclosure.Verify(root))
            {
                throw CommandFailure.Unverified(
                    $"The field {disclosure.Field.Name} that {path} shows is not one of those behind the root.",
                    new JsonObject { ["check"] = "Fields" }
                );
            }

            byte[] value = disclosure.Field.Value.ToArray();
            output.Result(
                new JsonObject
                {
                    ["name"] = disclosure.Field.Name,
                    ["value"] = AsText(value),
                    ["value_hex"] = Convert.ToHexStringLower(value),
                    ["fields"] = disclosure.Count,
                }
            );
            return ExitCodes.Done;
        }

        // Null for what is no text that a terminal could show.
        private static string? AsText(byte[] value)
        {
            try
            {
                string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value);
                return text.Any(char.IsControl) ? null : text;
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken stop) =>
        new FileInfo(path) is { Exists: true, Length: > FieldFiles.BytesMax }
            ? throw CommandFailure.Unreachable($"{path} is too large.")
            : await File.ReadAllBytesAsync(path, stop);
}
