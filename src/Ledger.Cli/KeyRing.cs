using System.CommandLine;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>A person's keys: a folder with one key file a name. A key file also holds the DID that the key belongs to.</summary>
internal sealed class KeyRing
{
    private const string Extension = ".json";

    private readonly string _folder;
    private readonly string? _passphraseFile;
    private readonly Output _output;

    /// <summary>The keys that the command line names.</summary>
    public KeyRing(ParseResult line, Output output)
    {
        _folder = line.GetValue(Folder) ?? Folders.Keys;
        _passphraseFile = line.GetValue(PassphraseFile);
        _output = output;
    }

    /// <summary>Where keys lie.</summary>
    public static Option<string?> Folder { get; } =
        new("--keys") { Description = "Folder of the keys. Default: $XDG_DATA_HOME/ledger/keys.", HelpName = "DIR" };

    /// <summary>What encrypted keys are opened with.</summary>
    public static Option<string?> PassphraseFile { get; } =
        new("--passphrase-file")
        {
            Description =
                "File whose first line is the passphrase of the keys. Without it, the terminal is asked when a key needs one.",
            HelpName = "FILE",
        };

    /// <summary>Whether a key may lose the DID that it belongs to.</summary>
    public static Option<bool> OverwriteDid { get; } =
        new("--overwrite-did")
        {
            Description =
                "Note the new DID in the key's file even if that names another, which is then in no file of yours.",
        };

    /// <summary>Gives a command the options that say where keys are.</summary>
    /// <param name="verb">The command.</param>
    /// <param name="canOpen">Whether it uses the secrets, and not only names and DIDs.</param>
    public static void AddTo(Verb verb, bool canOpen)
    {
        verb.AddUsual(Folder);
        if (canOpen)
        {
            verb.AddUsual(PassphraseFile);
        }
    }

    /// <summary>The file of a key.</summary>
    /// <exception cref="CommandFailure">The text cannot name a key.</exception>
    public string PathOf(string name) =>
        TextSyntax.IsId(name) && !name.Contains(':', StringComparison.Ordinal) && name[0] != '.'
            ? Path.Combine(_folder, name + Extension)
            : throw CommandFailure.Usage(
                $"'{name}' cannot name a key: 1 to {Limits.IdLengthMax} of a-z, 0-9, '.', '_' and '-'."
            );

    /// <summary>The names of all keys.</summary>
    public IEnumerable<string> Names =>
        Directory.Exists(_folder)
            ? Directory
                .EnumerateFiles(_folder, "*" + Extension)
                .Select(static path => Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal)
            : [];

    /// <summary>What is public of a key.</summary>
    public KeyFile Read(string name)
    {
        string path = PathOf(name);
        return File.Exists(path)
            ? KeyFile.Read(path)
            : throw CommandFailure.Unreachable(
                $"There is no key {name} in {_folder}. Make one with `ledger keys new {name}`."
            );
    }

    /// <summary>Opens a key, which the caller disposes of.</summary>
    public SigningKey Open(string name, out string passphrase)
    {
        KeyFile file = Read(name);
        passphrase = file.IsEncrypted ? Passphrase(name) : "";
        return KeyFile.Load(file.Path, passphrase);
    }

    /// <summary>Keeps a new key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">The key.</param>
    /// <param name="encrypt">Whether to ask for a passphrase when no file holds one.</param>
    public void Add(string name, SigningKey key, bool encrypt)
    {
        string passphrase = encrypt || _passphraseFile is not null ? NewPassphrase(name) : "";
        KeyFile.Save(PathOf(name), key, passphrase: passphrase);
    }

    /// <summary>Requires that a key can be noted to belong to another DID, before there is one.</summary>
    /// <param name="name">Name of the key.</param>
    /// <param name="overwrite">Whether it may lose the DID that it belongs to.</param>
    /// <param name="did">The DID that it is to belong to; null: one that does not exist yet.</param>
    /// <exception cref="CommandFailure">It belongs to another, or its file cannot be written.</exception>
    public void RequireFree(string name, bool overwrite, string? did = null)
    {
        if (!overwrite && Read(name).Did is { } other && other != did)
        {
            throw CommandFailure.Usage(
                $"The key {name} belongs to {other}. Make another with `ledger keys new`, or lose what this one belongs to with {OverwriteDid.Name}."
            );
        }

        OutputFile.Prepare(PathOf(name))!.Dispose();
    }

    /// <summary>Notes the DID that a key belongs to from now on.</summary>
    public void Assign(string name, SigningKey key, string passphrase, string did) =>
        KeyFile.Save(PathOf(name), key, did, passphrase, replace: true);

    /// <summary>A DID that a person named: itself, or that of one of their keys.</summary>
    /// <param name="text">A DID, or the name of a key.</param>
    public string DidOf(string text) =>
        text.StartsWith("did:", StringComparison.Ordinal)
            ? DidSyntax.IsDid(text)
                ? text
                : throw CommandFailure.Usage($"'{text}' is not a DID of the method did:pilot.")
            : Read(text).Did
                ?? throw CommandFailure.Usage(
                    $"The key {text} belongs to no DID yet: register one with `ledger did create --as {text}`."
                );

    private string NewPassphrase(string name)
    {
        string passphrase = Passphrase(name);
        return passphrase.Length == 0 ? throw CommandFailure.Usage("The passphrase is empty.")
            : _passphraseFile is null && _output.AskSecret("The same again") != passphrase
                ? throw CommandFailure.Usage("The two passphrases differ.")
            : passphrase;
    }

    private string Passphrase(string name) =>
        _passphraseFile is null
            ? _output.AskSecret($"Passphrase of the key {name}")
            : TextFile.ReadLines(_passphraseFile).FirstOrDefault() ?? "";
}
