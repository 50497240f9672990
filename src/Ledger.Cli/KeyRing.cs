using System.CommandLine;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>A key that is open.</summary>
/// <param name="Name">Its name among the person's keys.</param>
/// <param name="Key">The key.</param>
/// <param name="Passphrase">What its file is encrypted with; empty: it is not.</param>
internal sealed record OpenKey(string Name, SigningKey Key, string Passphrase) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => Key.Dispose();
}

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
    public OpenKey Open(string name)
    {
        KeyFile file = Read(name);
        string passphrase = file.IsEncrypted ? Passphrase(name) : "";
        return new OpenKey(name, KeyFile.Load(file.Path, passphrase), passphrase);
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
    public void Assign(string name, string did) => KeyFile.Assign(PathOf(name), did);

    /// <summary>Notes the DID that keys belong to, of those that belong to none.</summary>
    public void AssignFree(IEnumerable<string> names, string did)
    {
        foreach (string name in names.Where(name => Read(name).Did is null))
        {
            Assign(name, did);
        }
    }

    /// <summary>Whether there is a key of that name.</summary>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>Name of the key that is to follow a key, and is made before it is needed.</summary>
    public static string NextOf(string name) => name + ".next";

    /// <summary>
    /// Opens the key that is to follow another, or makes it: before it is in any document, so that a document never names a key that is
    /// nowhere. Where the one is encrypted the other is, by the same passphrase.
    /// </summary>
    /// <param name="key">The key that is followed.</param>
    /// <param name="name">Name of the one that follows.</param>
    /// <param name="type">Its kind, if it is made.</param>
    /// <param name="fragment">Its name within the document, if it is made.</param>
    public OpenKey OpenOrMake(OpenKey key, string name, KeyType type, string fragment)
    {
        if (Has(name))
        {
            return Open(name);
        }

        OpenKey made = new(name, SigningKey.Generate(type, fragment), key.Passphrase);
        KeyFile.Save(PathOf(name), made.Key, passphrase: key.Passphrase);
        return made;
    }

    /// <summary>
    /// Brings the key files up to a document that is in force: a key that was replaced by the one that was to follow it gives it its
    /// name, and a key that belongs to no DID yet, and is in the document, belongs to this one.
    /// </summary>
    /// <param name="did">The DID.</param>
    /// <param name="document">Its document.</param>
    /// <returns>The names of the keys that were replaced.</returns>
    public IReadOnlyList<string> Settle(string did, DidDocument document)
    {
        List<string> replaced = [];
        foreach (
            string name in Names.Where(static name => !name.EndsWith(NextOf(""), StringComparison.Ordinal)).ToArray()
        )
        {
            if (TryRead(name) is not { } file)
            {
                continue;
            }

            if (file.Did == did && !Holds(document, file) && TryRead(NextOf(name)) is { } next && Holds(document, next))
            {
                KeyFile.Assign(next.Path, did);
                File.Move(next.Path, file.Path, overwrite: true);
                replaced.Add(name);
            }
            else if (file.Did is null && Holds(document, file))
            {
                Assign(name, did);
            }

            // The key after the next one is the next one now.
            string after = NextOf(NextOf(name));
            if (!Has(NextOf(name)) && Has(after))
            {
                File.Move(PathOf(after), PathOf(NextOf(name)));
            }
        }

        return replaced;
    }

    private static bool Holds(DidDocument document, KeyFile file) =>
        document.VerificationMethods.Any(m =>
            m.Type == file.Type && m.PublicKey.Span.SequenceEqual(file.PublicKey.Span)
        );

    // Files that are no keys, or not ours to read, are none of this.
    private KeyFile? TryRead(string name)
    {
        try
        {
            return TextSyntax.IsId(name) && Has(name) ? KeyFile.Read(PathOf(name)) : null;
        }
        catch (Exception e) when (e is KeyFileException or CommandFailure or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

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
