using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ledger.Cli.Tests.Commands;

/// <summary>What a node takes from the machine that it runs on, and what not.</summary>
public class HostingTests
{
    [Fact]
    public async Task Serve_BesideFilesAndVariablesOfTheFramework_ReadsNeither()
    {
        using TemporaryFolder folder = new();
        int[] ports = [FreePort(), FreePort(), FreePort(), FreePort()];
        File.WriteAllText(
            folder["appsettings.json"],
            $$"""
            {
              "Urls": "http://127.0.0.1:{{ports[0]}}",
              "Kestrel": { "Endpoints": { "Other": { "Url": "http://127.0.0.1:{{ports[1]}}" } } },
              "Logging": { "LogLevel": { "Default": "Trace" } }
            }
            """
        );
        File.Copy(folder["appsettings.json"], folder["appsettings.Production.json"]);
        Dictionary<string, string> environment = new()
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports[2]}",
            ["DOTNET_URLS"] = $"http://127.0.0.1:{ports[2]}",
            ["ASPNETCORE_HTTP_PORTS"] = $"{ports[2]}",
            ["Kestrel__Endpoints__Another__Url"] = $"http://127.0.0.1:{ports[3]}",
            ["ASPNETCORE_Kestrel__Endpoints__Another__Url"] = $"http://127.0.0.1:{ports[3]}",
            ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "NoSuchAssembly",
            ["Logging__LogLevel__Default"] = "Trace",
        };

        await using LedgerProcess node = Start(folder, environment);
        string? ready = await node.Output.ReadLineAsync();

        Assert.StartsWith("ready http://127.0.0.1:", ready, StringComparison.Ordinal);
        Assert.All(ports, port => Assert.False(Listens(port), $"{port}"));
        Assert.DoesNotContain(Descriptors(node), link => link.Contains("inotify", StringComparison.Ordinal));
        node.Signal("TERM");
        Ended ended = (await node.EndAsync()).With(ExitCodes.Done);
        Assert.DoesNotContain("Microsoft", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AtEveryAddress_SaysSoInItsReadyLine()
    {
        using TemporaryFolder folder = new();
        await using LedgerProcess node = Start(folder, [], "--listen", "0.0.0.0:0", "--insecure");

        string? ready = await node.Output.ReadLineAsync();

        Assert.Matches(@"^ready http://localhost:([0-9]+) \S+ size 0 listens at 0\.0\.0\.0:\1$", ready);
    }

    [Fact]
    public async Task Serve_DiskThatCannotBeWritten_EndsWithOneLine()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["data/last-signed.new"]);

        Ended ended = await Start(folder, []).EndAsync();

        string[] lines = ended.With(ExitCodes.Unreachable).Error.TrimEnd('\n').Split('\n');
        Assert.StartsWith("Made the log's signing key", lines[0], StringComparison.Ordinal);
        Assert.Contains("last-signed.new", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Serve_AddressOfAnotherMachine_IsUsage()
    {
        using TemporaryFolder folder = new();

        Ended ended = await Start(folder, [], "--listen", "192.0.2.1:7400", "--insecure").EndAsync();

        Assert.Contains("is no address of this machine", ended.With(ExitCodes.Usage).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ExpiredCertificate_WarnsAndServes()
    {
        using TemporaryFolder folder = new();
        WriteCertificate(folder["node.pem"], daysLeft: -1);
        await using LedgerProcess node = Start(folder, [], "--tls-cert", "node.pem");

        Assert.StartsWith("ready https://", await node.Output.ReadLineAsync(), StringComparison.Ordinal);
        node.Signal("TERM");

        Assert.Contains(
            "The certificate expired on",
            (await node.EndAsync()).With(ExitCodes.Done).Error,
            StringComparison.Ordinal
        );
    }

    // As in a container: the check has the node's own environment, and nothing else is said to it.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Health_InTheNodesEnvironment_AsksTheNodeAsItListens(bool tls, bool asksForClients)
    {
        using TemporaryFolder folder = new();
        WriteCertificate(folder["node.pem"], daysLeft: 100);
        Dictionary<string, string> environment = new() { ["LEDGER_LISTEN"] = $"127.0.0.1:{FreePort()}" };
        if (tls)
        {
            environment["LEDGER_TLS_CERT"] = folder["node.pem"];
            environment["LEDGER_TLS_KEY"] = folder["node.pem"];
        }

        if (asksForClients)
        {
            environment["LEDGER_CLIENT_CA"] = folder["node.pem"];
        }

        (await LedgerProcess.RunAsync(folder, environment, "health")).With(ExitCodes.Unreachable);
        await using LedgerProcess node = LedgerProcess.Start(
            folder,
            environment,
            "serve",
            "--data",
            "data",
            "--origin",
            "ledger.test/hosting"
        );
        Assert.NotNull(await node.Output.ReadLineAsync());

        Ended health = await LedgerProcess.RunAsync(folder, environment, "health", "--json");

        Assert.Equal("SERVING", health.With(ExitCodes.Done).Text("status"));
        node.Signal("TERM");
        (await node.EndAsync()).With(ExitCodes.Done);
    }

    private static LedgerProcess Start(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        params string[] options
    )
    {
        string[] listen = options.Contains("--listen") ? [] : ["--listen", "127.0.0.1:0"];
        return LedgerProcess.Start(
            folder,
            environment,
            ["serve", "--data", "data", "--origin", "ledger.test/hosting", .. listen, .. options]
        );
    }

    private static string[] Descriptors(LedgerProcess process) =>
        [
            .. Directory
                .EnumerateFileSystemEntries($"/proc/{process.Id}/fd")
                .Select(static fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.FullName ?? ""),
        ];

    private static bool Listens(int port)
    {
        using TcpClient client = new();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    // A certificate for loopback that is its own authority, with its key.
    private static void WriteCertificate(string path, int daysLeft)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=ledger test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-10), now.AddDays(daysLeft));
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
