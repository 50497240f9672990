using System.Text;
using System.Text.Json.Nodes;
using Ledger.V1;

namespace Ledger.Client.Tests;

public sealed class KeyFileTests : IDisposable
{
    private const string Did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Passphrase = "correct horse battery staple";

    private readonly TemporaryFolder _directory = new();
    private readonly SigningKey _key = SigningKey.Generate(KeyType.Secp256K1, "phone");

    private string File => _directory["keys/phone.json"];

    public void Dispose()
    {
        _key.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(KeyType.Secp256K1, "")]
    [InlineData(KeyType.Secp256K1, Passphrase)]
    [InlineData(KeyType.Ed25519, "")]
    [InlineData(KeyType.Ed25519, Passphrase)]
    public void Load_OfASavedKey_IsThatKey(KeyType type, string passphrase)
    {
        using SigningKey key = SigningKey.Generate(type, "phone");
        KeyFile.Save(File, key, Did, passphrase);

        using SigningKey loaded = KeyFile.Load(File, passphrase);

        Assert.Equal(type, loaded.Type);
        Assert.Equal("phone", loaded.Fragment);
        Assert.Equal(key.PublicKey, loaded.PublicKey);
        Assert.Equal(key.Sign([1]), loaded.Sign([1]));
    }

    [Fact]
    public void Read_OfAnEncryptedFile_ShowsWhatIsPublic()
    {
        KeyFile.Save(File, _key, Did, Passphrase);

        KeyFile file = KeyFile.Read(File);

        Assert.Equal(KeyType.Secp256K1, file.Type);
        Assert.Equal("phone", file.Fragment);
        Assert.Equal(Did, file.Did);
        Assert.Equal(_key.PublicKey, file.PublicKey);
        Assert.True(file.IsEncrypted);
    }

    [Theory]
    [InlineData("\uFEFF", "")]
    [InlineData("", " \r\n")]
    [InlineData("\uFEFF", " \t\r\n\r\n")]
    public void Load_OfAFileAsEditorsSaveIt_IsThatKey(string before, string after)
    {
        KeyFile.Save(File, _key, Did);
        string text = System.IO.File.ReadAllText(File).ReplaceLineEndings("\r\n");
        System.IO.File.WriteAllText(File, before + text + after, new UTF8Encoding(false));

        using SigningKey loaded = KeyFile.Load(File);

        Assert.Equal(_key.PublicKey, loaded.PublicKey);
    }

    [Fact]
    public void Save_MakesFileAndFolder_ForTheOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes on this system.");
        KeyFile.Save(File, _key);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!)
        );
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public void Save_WithAPassphrase_LeavesNoSecretInTheFile()
    {
        byte[] secret = new byte[SigningKey.SecretBytes];
        _key.CopySecretTo(secret);
        KeyFile.Save(File, _key, Did, Passphrase);
        string text = System.IO.File.ReadAllText(File);

        Assert.DoesNotContain(Convert.ToBase64String(secret), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Passphrase, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OverAFile_KeepsTheKeyThatIsThere()
    {
        KeyFile.Save(File, _key);
        using SigningKey other = SigningKey.Generate();

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Save(File, other));

        Assert.Equal(KeyFileProblem.Exists, e.Problem);
        Assert.Equal(_key.PublicKey, KeyFile.Read(File).PublicKey);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public void Save_OverAFileWhenAsked_ReplacesIt()
    {
        KeyFile.Save(File, _key);
        using SigningKey other = SigningKey.Generate();

        KeyFile.Save(File, other, replace: true);

        Assert.Equal(other.PublicKey, KeyFile.Read(File).PublicKey);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Load_OfAFileThatOthersMayTouch_IsRefused(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes on this system.");
        KeyFile.Save(File, _key);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Load(File));

        Assert.Equal(KeyFileProblem.Permissions, e.Problem);
        Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithAnotherPassphrase_IsRefused()
    {
        KeyFile.Save(File, _key, Did, Passphrase);

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Load(File, Passphrase + "r"));

        Assert.Equal(KeyFileProblem.WrongPassphrase, e.Problem);
    }

    [Fact]
    public void Load_WithoutThePassphrase_AsksForIt()
    {
        KeyFile.Save(File, _key, Did, Passphrase);

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Load(File));

        Assert.Equal(KeyFileProblem.PassphraseRequired, e.Problem);
    }

    [Fact]
    public void Load_OfAnEncryptedFileWithAnotherPublicKey_IsRefused()
    {
        using SigningKey other = SigningKey.Generate();
        KeyFile.Save(File, _key, Did, Passphrase);
        Change(json => json["public_key"] = Convert.ToBase64String(other.PublicKey.Span));

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Load(File, Passphrase));

        Assert.Equal(KeyFileProblem.WrongPassphrase, e.Problem);
    }

    [Fact]
    public void Load_OfAPlainFileWithAnotherPublicKey_IsRefused()
    {
        using SigningKey other = SigningKey.Generate();
        KeyFile.Save(File, _key);
        Change(json => json["public_key"] = Convert.ToBase64String(other.PublicKey.Span));

        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Load(File));

        Assert.Equal(KeyFileProblem.Malformed, e.Problem);
    }

    [Theory]
    [InlineData("format", "\"pem\"")]
    [InlineData("version", "2")]
    [InlineData("version", "\"1\"")]
    [InlineData("type", "\"rsa\"")]
    [InlineData("fragment", "\"#phone\"")]
    [InlineData("fragment", "null")]
    [InlineData("did", "\"did:web:example.com\"")]
    [InlineData("public_key", "\"*\"")]
    [InlineData("secret", "\"AAAA\"")]
    [InlineData("secret", "12")]
    public void Load_OfAFileWithAWrongField_IsRefused(string field, string value)
    {
        KeyFile.Save(File, _key);
        Change(json => json[field] = JsonNode.Parse(value));

        Assert.Equal(KeyFileProblem.Malformed, Assert.Throws<KeyFileException>(() => KeyFile.Load(File)).Problem);
    }

    [Theory]
    [InlineData("iterations", "1000")]
    [InlineData("iterations", "2000000000")]
    [InlineData("kdf", "\"md5\"")]
    [InlineData("cipher", "\"none\"")]
    [InlineData("salt", "\"AAAA\"")]
    [InlineData("nonce", "\"\"")]
    [InlineData("secret", "\"AAAA\"")]
    public void Load_OfAFileThatIsEncryptedOtherwise_IsRefused(string field, string value)
    {
        KeyFile.Save(File, _key, Did, Passphrase);
        Change(json => json["encrypted"]![field] = JsonNode.Parse(value));

        Assert.Equal(
            KeyFileProblem.Malformed,
            Assert.Throws<KeyFileException>(() => KeyFile.Load(File, Passphrase)).Problem
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    public void Read_OfAnotherFile_IsRefused(string text)
    {
        KeyFile.Save(File, _key);
        System.IO.File.WriteAllText(File, text);

        Assert.Equal(KeyFileProblem.Malformed, Assert.Throws<KeyFileException>(() => KeyFile.Read(File)).Problem);
    }

    [Fact]
    public void Read_OfAMissingFile_IsTheEnvironmentsFailure() =>
        Assert.ThrowsAny<IOException>(() => KeyFile.Read(_directory["none"]));

    private void Change(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
        change(json);
        System.IO.File.WriteAllText(File, json.ToJsonString(), new UTF8Encoding(false));
    }
}
