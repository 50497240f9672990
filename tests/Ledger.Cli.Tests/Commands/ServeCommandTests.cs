using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Ledger.Cli.Tests.Commands;

public class ServeCommandTests(FoundedLedger ledger)
{
    [Fact]
    public async Task Serve_Terminated_ClosesTheStoreAndOpensItAgain()
    {
        using TemporaryFolder folder = new();
        string logKey;
        await using (NodeUnderTest node = await NodeUnderTest.StartAsync(folder))
        {
            logKey = node.LogKey;
            Ended health = await LedgerProcess.RunAsync(folder, "health", node.Address, "--json");
            Assert.Equal("SERVING", health.With(ExitCodes.Done).Text("status"));

            Ended stopped = (await node.StopAsync()).With(ExitCodes.Done);

            Assert.Contains("Stopped at size 0; the store is closed.", stopped.Error);
            (await LedgerProcess.RunAsync(folder, "health", node.Address)).With(ExitCodes.Unreachable);
        }

        // The second start finds the origin in the key's file.
        await using NodeUnderTest again = await NodeUnderTest.StartAsync(folder);
        Assert.Equal(logKey, again.LogKey);
        Assert.Equal(logKey + "\n", File.ReadAllText(folder["data/log-key.pub"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/log-key"]));
    }

    [Fact]
    public async Task Serve_ForAPerson_PrintsOneLineWhenReady()
    {
        using TemporaryFolder folder = new();
        await using LedgerProcess process = LedgerProcess.Start(
            folder,
            [],
            "serve",
            "--data",
            "data",
            "--origin",
            "ledger.test/person",
            "--listen",
            "localhost:0"
        );

        string? ready = await process.Output.ReadLineAsync();

        Assert.Matches(@"^ready http://127\.0\.0\.1:[0-9]+ ledger\.test/person\+[0-9a-f]{8}\+\S+ size 0$", ready);
        process.Signal("INT");
        Ended ended = (await process.EndAsync()).With(ExitCodes.Done);
        Assert.Equal("", ended.Output);
    }

    [Fact]
    public async Task Serve_WithHttp_NamesBothAddressesWhenReady()
    {
        using TemporaryFolder folder = new();
        await using LedgerProcess process = LedgerProcess.Start(
            folder,
            new() { ["LEDGER_HTTP"] = "127.0.0.1:0" },
            ["serve", "--data", "data", "--origin", "ledger.test/http", "--listen", "127.0.0.1:0"]
        );

        string? ready = await process.Output.ReadLineAsync();

        Match match = Regex.Match(
            ready!,
            @"^ready http://127\.0\.0\.1:[0-9]+ \S+ size 0 http (http://127\.0\.0\.1:[0-9]+)$"
        );
        Assert.True(match.Success, ready);
        using HttpClient client = new();
        Assert.Equal(
            "[\"pilot\",\"key\"]",
            await client.GetStringAsync(new Uri($"{match.Groups[1].Value}/1.0/methods"))
        );
    }

    [Fact]
    public async Task Serve_HttpAddressInUse_NamesTheOption()
    {
        using TemporaryFolder folder = new();

        Ended serve = await LedgerProcess.RunAsync(
            folder,
            ["serve", "--data", "data", "--origin", "a.test", "--listen", "127.0.0.1:0", "--http", ledger.Node.Address]
        );

        Assert.Contains("listen elsewhere (--http)", serve.With(ExitCodes.Unreachable).Error);
    }

    [Fact]
    public async Task Serve_WithCertificates_AsksForTheClients()
    {
        using TemporaryFolder folder = new();
        WriteCertificate(folder["node.pem"]);
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(
            folder,
            "--tls-cert",
            "node.pem",
            "--tls-key",
            "node.pem",
            "--client-ca",
            "node.pem"
        );
        string address = "https://" + node.Address;
        string[] shown = ["--ca", "node.pem", "--client-cert", "node.pem"];

        Ended known = await LedgerProcess.RunAsync(folder, ["log", "key", address, .. shown]);
        Ended unknown = await LedgerProcess.RunAsync(folder, "health", address, "--ca", "node.pem");
        Ended untrusting = await LedgerProcess.RunAsync(folder, "health", address);

        Assert.Equal(node.LogKey + "\n", known.With(ExitCodes.Done).Output);
        unknown.With(ExitCodes.Unreachable);
        untrusting.With(ExitCodes.Unreachable);
    }

    [Fact]
    public async Task Serve_StoreInUse_CannotOpen()
    {
        Ended serve = await LedgerProcess.RunAsync(
            ledger.Folder,
            "serve",
            "--data",
            ledger.Folder["data"],
            "--listen",
            "127.0.0.1:0"
        );

        Assert.Contains("is in use by another process", serve.With(ExitCodes.Unreachable).Error);
    }

    [Fact]
    public async Task Serve_AddressInUse_CannotListen()
    {
        using TemporaryFolder folder = new();

        Ended serve = await LedgerProcess.RunAsync(
            folder,
            "serve",
            "--data",
            "data",
            "--origin",
            "ledger.test/second",
            "--listen",
            ledger.Node.Address
        );

        Assert.Contains("in use", serve.With(ExitCodes.Unreachable).Error);
    }

    [Fact]
    public async Task Serve_LogKeyOpenToOthers_IsNotUsed()
    {
        using TemporaryFolder folder = new();
        LogKeyFile.Create(folder["log-key"], "ledger.test/open").Dispose();
        File.SetUnixFileMode(
            folder["log-key"],
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        );

        Ended serve = await LedgerProcess.RunAsync(folder, "serve", "--data", "data", "--log-key-file", "log-key");

        Assert.Contains("chmod 600", serve.With(ExitCodes.Unreachable).Error);
    }

    [Theory]
    [InlineData("--listen", "127.0.0.1", "is not ADDR:PORT")]
    [InlineData("--listen", "0.0.0.0:0", "--insecure")]
    [InlineData("--listen", "[::]:7400", "--insecure")]
    [InlineData("--listen", "127.0.0.1:99999", "is not ADDR:PORT")]
    [InlineData("--http", "127.0.0.1", "is not ADDR:PORT")]
    [InlineData("--http", "None", "is not ADDR:PORT")]
    [InlineData("--http", "0.0.0.0:0", "0.0.0.0:0 is reachable from other machines")]
    [InlineData("--tls-cert", "none.pem", "there is no file none.pem")]
    [InlineData("--client-ca", "none.pem", "need TLS")]
    [InlineData("--data", "other", "expects a single argument")]
    [InlineData("--origin", "Not An Origin", "cannot be an origin")]
    public async Task Serve_UnusableOption_IsUsage(string option, string value, string message)
    {
        using TemporaryFolder folder = new();

        Ended serve = await LedgerProcess.RunAsync(
            folder,
            ["serve", "--data", "data", option, value, .. option == "--origin" ? [] : (string[])["--origin", "a.test"]]
        );

        Assert.Contains(message, serve.With(ExitCodes.Usage).Error);
        Assert.Equal(1, serve.Error.Count(static c => c == '\n'));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    // A certificate for loopback that is its own authority, with its key.
    private static void WriteCertificate(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=ledger.test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
