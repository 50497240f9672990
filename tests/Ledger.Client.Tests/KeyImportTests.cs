using System.Diagnostics;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>Keys that come from elsewhere and go elsewhere; the judge is the program openssl, where there is one.</summary>
public sealed class KeyImportTests : IDisposable
{
    private static readonly byte[] OperationBytes = [1, 2, 3];
    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(KeyType.Secp256K1)]
    [InlineData(KeyType.P256)]
    [InlineData(KeyType.Ed25519)]
    public void ToPemAndToJwk_ReadAgain_AreTheSameKey(KeyType type)
    {
        using SigningKey key = SigningKey.Generate(type);
        using SigningKey fromPem = SigningKey.FromPem(key.ToPem(), "pem");
        using SigningKey fromJwk = SigningKey.FromJwk(key.ToJwk());

        Assert.Equal("pem", fromPem.Fragment);
        Assert.Equal(key.DidKey, fromPem.DidKey);
        Assert.Equal(key.DidKey, fromJwk.DidKey);
        Assert.True(DidKey.TryParse(key.DidKey, out DidKey? did, out _));
        Assert.Equal(key.PublicKey.ToArray(), did.PublicKey.ToArray());
        Assert.Equal(key.ToPem(), fromJwk.ToPem());
    }

    [Theory]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", KeyType.Secp256K1)]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", KeyType.P256)]
    [InlineData("genpkey -algorithm ed25519", KeyType.Ed25519)]
    [InlineData("ecparam -name secp256k1 -genkey", KeyType.Secp256K1)] // EC PARAMETERS, EC PRIVATE KEY
    [InlineData("ecparam -name prime256v1 -genkey -noout", KeyType.P256)]
    public void FromPem_OfOpensslsKey_HasItsPublicKey(string command, KeyType type)
    {
        string file = Path.Combine(_folder, "key.pem");
        Openssl($"{command} -out {file}");

        using SigningKey key = SigningKey.FromPem(File.ReadAllText(file));

        Assert.Equal(type, key.Type);
        string theirs = Openssl($"pkey -in {file} -pubout");
        File.WriteAllText(file, key.ToPem());
        Assert.Equal(theirs, Openssl($"pkey -in {file} -pubout"));
        Assert.Contains("valid", Openssl($"pkey -in {file} -check -noout"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "curve")]
    [InlineData("genpkey -algorithm x25519", "kind")]
    [InlineData("genpkey -algorithm ed25519 -aes256 -pass pass:secret", "encrypted")]
    [InlineData("ecparam -name secp256k1", "no key after")]
    public void FromPem_OfAnotherOfOpensslsKeys_SaysWhy(string command, string problem)
    {
        string file = Path.Combine(_folder, "key.pem");
        Openssl($"{command} -out {file}");

        FormatException e = Assert.Throws<FormatException>(() => SigningKey.FromPem(File.ReadAllText(file)));

        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPem_OfWhatIsNoKey_Throws()
    {
        using SigningKey key = SigningKey.Generate();
        string pem = key.ToPem();
        byte[] der = Convert.FromBase64String(string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-'))));
        foreach (
            string text in (string[])["", "key", pem + pem, pem.Replace("PRIVATE", "PUBLIC"), new string('A', 100_000)]
        )
        {
            Assert.Throws<FormatException>(() => SigningKey.FromPem(text));
        }

        // Every byte of it counts: changed, it is no key, or another one that says so by its public half.
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= 1;
            Assert.Throws<FormatException>(() => SigningKey.FromPem(Pem(changed)));
        }
        Assert.Throws<FormatException>(() => SigningKey.FromPem(Pem([.. der, 0])));
        for (int length = 0; length < der.Length; length++)
        {
            Assert.Throws<FormatException>(() => SigningKey.FromPem(Pem(der[..length])));
        }
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{}", "crv")]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}""",
        "d:"
    )]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM","d":"hPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc"}""",
        "not those"
    )]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM","d":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""",
        "secret"
    )]
    public void FromJwk_OfWhatIsNoKey_SaysWhy(string json, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<FormatException>(() => SigningKey.FromJwk(json)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void FromJwk_OfTheVector_IsItsKey()
    {
        using SigningKey key = SigningKey.FromJwk(
            """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM","d":"gPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc","kid":"1","alg":"ES256"}"""
        );
        Assert.Equal("did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv", key.DidKey);
    }

    [Fact]
    public void Sign_WithP256_IsLowAndVerifies()
    {
        using SigningKey key = SigningKey.Generate(KeyType.P256);
        byte[] id = new byte[32];
        OperationCodec.ComputeId(OperationBytes, id);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(P256.Verify(key.PublicKey.Span, id, key.Sign(OperationBytes).Value.Span));
        }
    }

    [Fact]
    public void KeyFile_OfP256_OpensAgain()
    {
        string path = Path.Combine(_folder, "k", "p256.key");
        using SigningKey key = SigningKey.Generate(KeyType.P256);
        KeyFile.Save(path, key);
        Assert.Contains("\"type\": \"p256\"", File.ReadAllText(path), StringComparison.Ordinal);
        using SigningKey again = KeyFile.Load(path);
        Assert.Equal(key.DidKey, again.DidKey);
    }

    [Fact]
    public void FromSecret_OfP256BeyondItsOrder_Throws()
    {
        Assert.Throws<ArgumentException>(() => SigningKey.FromSecret(KeyType.P256, new byte[32]));
        Assert.Throws<ArgumentException>(() =>
            SigningKey.FromSecret(KeyType.P256, Enumerable.Repeat((byte)0xff, 32).ToArray())
        );
        Assert.Throws<ArgumentException>(() => SigningKey.FromSecret(KeyType.P256, new byte[31]));
    }

    private static string Pem(byte[] der) => System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", der);

    private static string Openssl(string arguments)
    {
        ProcessStartInfo start = new("openssl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no program openssl.");
            throw;
        }
    }
}
