using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;
using Party = Ledger.Testing.Signer;

namespace Ledger.Node.Tests.Http;

/// <summary>What came back over HTTP.</summary>
internal sealed record Reply(int Status, Dictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Type => Headers.GetValueOrDefault("Content-Type");

    /// <summary>Name of the error in a result, and what it says.</summary>
    public (string Name, string Detail) Error
    {
        get
        {
            string metadata = Json.TryGetProperty("didResolutionMetadata", out _)
                ? "didResolutionMetadata"
                : "dereferencingMetadata";
            JsonElement error = Json.GetProperty(metadata).GetProperty("error");
            return (error.GetProperty("type").GetString()!.Split('#')[1], error.GetProperty("detail").GetString()!);
        }
    }

    public override string ToString() => $"{Status} {Type}\n{Body}";
}

/// <summary>
/// A node with an HTTP port, on a clock that stands where the scene puts it, and DIDs with a past: one that was changed, one that
/// is deactivated, and one whose recovery is about to change.
/// </summary>
public sealed class HttpScene : IAsyncLifetime
{
    public const string Created = "2026-01-02T04:00:00Z";
    public const string Updated = "2026-01-02T05:00:00Z";
    public const string Now = "2026-01-02T08:00:00Z";

    private TestNode? _node;
    private HttpClient? _client;

    internal TestNode Node => _node!;

    internal ManualTime Time { get; } = new();

    /// <summary>Created at <see cref="Created"/> and changed at <see cref="Updated"/>.</summary>
    internal string Did { get; private set; } = "";

    internal DidDocument First { get; private set; } = new();

    internal DidDocument Second { get; private set; } = new();

    internal ulong FirstId { get; private set; }

    internal ulong SecondId { get; private set; }

    /// <summary>Of a DID that nothing else is known of.</summary>
    internal string Supervisor { get; private set; } = "";

    internal string Gone { get; private set; } = "";

    internal ulong GoneFirstId { get; private set; }

    internal string Guarded { get; private set; } = "";

    internal Uri Address => Node.Node.HttpAddress!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(options =>
            options with
            {
                Http = new IPEndPoint(IPAddress.Loopback, 0),
                Time = Time,
            }
        );
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        await SetUp();
    }

    public async ValueTask DisposeAsync()
    {
        _client!.Dispose();
        await _node!.DisposeAsync();
    }

    /// <summary>Asks as most clients do.</summary>
    internal async Task<Reply> Get(
        string path,
        string? accept = null,
        HttpMethod? method = null,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Send(request);
    }

    /// <summary>Asks for a DID or DID URL, encoded whole.</summary>
    internal Task<Reply> Resolve(string didUrl, string? accept = "application/did-resolution", string query = "") =>
        Get($"/1.0/identifiers/{Uri.EscapeDataString(didUrl)}{query}", accept);

    /// <summary>Asks with a body.</summary>
    internal async Task<Reply> Post(string path, HttpContent content, string? accept = "application/did-resolution")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await Send(request);
    }

    /// <summary>Sends bytes as they are, which no client would, and reads until the node closes the connection.</summary>
    internal async Task<Reply> Raw(string head, byte[]? body = null)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"));
        await stream.WriteAsync(body ?? []);
        using StreamReader reader = new(stream, Encoding.UTF8);
        string[] parts = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split("\r\n\r\n", 2);
        string[] lines = parts[0].Split("\r\n");
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines[1..])
        {
            string[] pair = line.Split(": ", 2);
            headers[pair[0]] = pair[1];
        }

        return new Reply(int.Parse(lines[0].Split(' ')[1]), headers, parts[1]);
    }

    /// <summary>Asks for a path as it is written here.</summary>
    internal Task<Reply> RawGet(string target, string accept = "application/did-resolution") =>
        Raw($"GET {target} HTTP/1.1\nHost: localhost\nConnection: close\nAccept: {accept}");

    /// <summary>Asks for <see cref="Did"/> with a header Accept as it is written here; null: without one.</summary>
    internal Task<Reply> RawGetWith(string? accept) =>
        Raw(
            $"GET /1.0/identifiers/{Did} HTTP/1.1\nHost: localhost\nConnection: close"
                + (accept is null ? "" : $"\nAccept: {accept}")
        );

    private async Task<Reply> Send(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _client!.SendAsync(request, TestContext.Current.CancellationToken);
        Dictionary<string, string> headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    private async Task SetUp()
    {
        Party supervisor = new(Time, TestNode.Origin);
        Supervisor = DidOf(await Apply(supervisor, Operations.Found(TestNode.Network, supervisor.Document)));

        At(Created, milliseconds: 250);
        Party subject = new(Time, TestNode.Origin);
        First = WithMore(subject.Document, service: "https://files.example.org/old/");
        Receipt created = await Apply(subject, Operations.Create(First));
        subject.Did = Did = DidOf(created);
        FirstId = created.Index;

        At(Updated, milliseconds: 750);
        Operation update = Operations.Update(Did, created.OperationId, new DidDocument());
        SignedOperation Rotate()
        {
            SigningKey old = subject.Key;
            subject.Rotate();
            Second = WithMore(subject.Document, service: "https://files.example.org/new/index.html?a=1");
            update.UpdateDid.Document = Second;
            byte[] bytes = OperationCodec.Encode(subject.Complete(update));
            return new SignedOperation { Operation = ByteString.CopyFrom(bytes), Signatures = { old.Sign(bytes) } };
        }
        SecondId = (await Apply(Rotate())).Index;

        At("2026-01-02T06:00:00Z");
        Party gone = new(Time, TestNode.Origin);
        Receipt born = await Apply(gone, Operations.Create(gone.Document));
        gone.Did = Gone = DidOf(born);
        GoneFirstId = born.Index;
        At("2026-01-02T06:30:00Z");
        await Apply(gone, Operations.Deactivate(Gone, born.OperationId));

        At("2026-01-02T07:00:00Z");
        Party guarded = new(Time, TestNode.Origin);
        Operation create = Operations.Create(guarded.Document);
        create.CreateDid.Recovery = new RecoveryPolicy { Keys = { Recovery(1) }, DelaySeconds = 7_200 };
        Receipt made = await Apply(guarded, create);
        guarded.Did = Guarded = DidOf(made);
        await Apply(
            guarded,
            new Operation
            {
                ChangeRecovery = new ChangeRecovery
                {
                    Did = Guarded,
                    Previous = made.OperationId,
                    Recovery = new RecoveryPolicy { Keys = { Recovery(2) } },
                },
            }
        );

        At(Now);
    }

    private void At(string time, int milliseconds = 0) =>
        Time.Now = DateTimeOffset.Parse(time).AddMilliseconds(milliseconds);

    private static VerificationMethod Recovery(int number) =>
        new()
        {
            Fragment = $"recovery-{number}",
            Type = KeyType.Secp256K1,
            PublicKey = ByteString.CopyFrom(TestKeys.Secp256k1PublicKey(number)),
        };

    private static DidDocument WithMore(DidDocument document, string service)
    {
        document.VerificationMethods.Add(
            new VerificationMethod
            {
                Fragment = "login",
                Type = KeyType.Ed25519,
                PublicKey = ByteString.CopyFrom(TestKeys.Ed25519PublicKey(7)),
                Purposes = { KeyPurpose.Authentication },
                ValidUntil = 1_800_000_000,
            }
        );
        document.Services.Add(Service("files", "FileService", service));
        document.Services.Add(Service("mail", "MailService", "mailto:subject@example.org"));
        document.Services.Add(Service("anchor", "FileService", "https://files.example.org/page#top"));
        return document;
    }

    private static Service Service(string name, string type, string endpoint) =>
        new()
        {
            Fragment = name,
            Type = type,
            Endpoint = endpoint,
        };

    private Task<Receipt> Apply(Party party, Operation operation) => Apply(party.Sign(operation));

    private async Task<Receipt> Apply(SignedOperation operation)
    {
        Submission submission = await Node.Node.Ledger.SubmitAsync(operation, TestContext.Current.CancellationToken);
        Assert.Equal(Judgement.Ok, submission.Judgement);
        return submission.Receipt!;
    }

    private static string DidOf(Receipt receipt) =>
        DidSyntax.FromOperationId(TestNode.Network, receipt.OperationId.Span);
}
