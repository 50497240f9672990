using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Takes up a private key that another program has made.</summary>
internal sealed class KeyImportCommand : Verb
{
    private const int FileBytesMax = 16 * 1024;

    private readonly Argument<string> _name = new("name") { Description = "Name of the key, as --as takes it." };

    private readonly Argument<string> _file = new("file")
    {
        Description =
            "File with the private key: PEM (PRIVATE KEY of any kind, EC PRIVATE KEY), or a JWK. Not encrypted.",
        HelpName = "FILE",
    };

    private readonly Option<string> _fragment = KeysCommands.Fragment();
    private readonly Option<bool> _encrypt = KeysCommands.Encrypt();

    public KeyImportCommand()
        : base(
            "import",
            "Take up a private key that another program has made: secp256k1, P-256 or Ed25519.",
            "ledger keys import alice alice.pem",
            "ledger keys import alice-phone phone.jwk --fragment key-2 --encrypt"
        )
    {
        Remarks = "The file stays as it is: delete it when nothing else needs it.";
        Add(_name);
        Add(_file);
        Add(_fragment);
        Add(_encrypt);
        KeyRing.AddTo(this, canOpen: true);
    }

    protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        KeyRing keys = new(line, output);
        string name = line.GetRequiredValue(_name);
        using SigningKey key = Read(line.GetRequiredValue(_file), KeysCommands.FragmentOf(line, _fragment));
        keys.Add(name, key, line.GetValue(_encrypt));
        output.Result(KeysCommands.Describe(name, keys.Read(name)));
        return Task.FromResult(ExitCodes.Done);
    }

    private static SigningKey Read(string path, string fragment)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > FileBytesMax)
        {
            throw CommandFailure.Unreachable($"{path} is too large to hold one key.");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        try
        {
            ReadOnlySpan<char> read = text.AsSpan(0, Encoding.UTF8.GetChars(bytes, text)).TrimStart('\uFEFF').Trim();
            return read.StartsWith("{")
                ? SigningKey.FromJwk(read.ToString(), fragment)
                : SigningKey.FromPem(read, fragment);
        }
        catch (FormatException e)
        {
            throw CommandFailure.Unreachable($"{path}: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
    }
}

/// <summary>Gives a key to another program: its public half, or, when that is asked for, the secret.</summary>
internal sealed class KeyExportCommand : Verb
{
    private enum Format
    {
        DidKey,
        Jwk,
        Pem,
    }

    private readonly Argument<string> _name = new("name") { Description = "Name of the key." };

    private readonly Option<string> _format = new("--format")
    {
        Description = "What it is written as. PEM holds the secret.",
        HelpName = "did-key|jwk|pem",
        DefaultValueFactory = static _ => "did-key",
    };

    private readonly Option<bool> _secret = new("--secret")
    {
        Description = "Write the private key, which is not encrypted then. Needs --out.",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "File to write, which must not be there. One with a secret is readable by you alone.",
        HelpName = "FILE",
    };

    public KeyExportCommand()
        : base(
            "export",
            "Write the public half of a key for others, or, when that is asked for, the secret.",
            "ledger keys export alice",
            "ledger keys export alice --format jwk",
            "ledger keys export alice --format pem --secret --out alice.pem"
        )
    {
        Remarks =
            "The public half as a did:key is what --add-key, --recovery-key and the like take from others, as NAME=did:key:….";
        Add(_name);
        Add(_format);
        Add(_secret);
        Add(_out);
        KeyRing.AddTo(this, canOpen: true);
    }

    protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string name = line.GetRequiredValue(_name);
        Format format = FormatOf(line.GetRequiredValue(_format));
        bool secret = line.GetValue(_secret);
        string? path = line.GetValue(_out);
        KeyRing keys = new(line, output);
        KeyFile file = keys.Read(name);
        if (secret)
        {
            WriteSecret(keys, name, format, path);
        }
        else if (format == Format.Pem)
        {
            throw CommandFailure.Usage("PEM is for private keys: say that one is meant with --secret, or take a JWK.");
        }
        else if (path is not null)
        {
            File.WriteAllText(path, PublicText(file, format) + "\n");
        }
        else if (!output.IsJson)
        {
            Console.Out.WriteLine(PublicText(file, format));
            return Task.FromResult(ExitCodes.Done);
        }

        JsonObject fields = new() { ["name"] = name, ["secret"] = secret };
        if (path is null)
        {
            fields["did_key"] = DidKey.Format(file.Type, file.PublicKey.Span);
            fields["jwk"] = JsonNode.Parse(PublicText(file, Format.Jwk));
        }
        else
        {
            fields["file"] = path;
        }

        output.Result(fields);
        return Task.FromResult(ExitCodes.Done);
    }

    private static void WriteSecret(KeyRing keys, string name, Format format, string? path)
    {
        if (path is null || format == Format.DidKey)
        {
            throw CommandFailure.Usage(
                path is null
                    ? "A secret goes to a file, and not to the terminal: name it with --out."
                    : "A did:key has no secret in it: take --format pem or jwk."
            );
        }

        using OpenKey key = keys.Open(name);
        byte[] text = Encoding.ASCII.GetBytes(format == Format.Pem ? key.Key.ToPem() : key.Key.ToJwk() + "\n");
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream stream = new(path, options);
            stream.Write(text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static string PublicText(KeyFile file, Format format)
    {
        if (format == Format.DidKey)
        {
            return DidKey.Format(file.Type, file.PublicKey.Span);
        }

        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            Jwk.Of(file.Type, file.PublicKey.Span)!.Write(json);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static Format FormatOf(string text) =>
        text switch
        {
            "did-key" => Format.DidKey,
            "jwk" => Format.Jwk,
            "pem" => Format.Pem,
            _ => throw CommandFailure.Usage($"'{text}' is none of did-key|jwk|pem."),
        };
}
