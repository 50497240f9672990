using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Http;

/// <summary>
/// A client of the registrar: it has keys, curl, and no protobuf. The node's ledger is founded, on a clock that stands where a test puts it.
/// </summary>
public sealed class RegistrarScene : IAsyncLifetime
{
    private static int _keys = 5_000;

    private TestNode? _node;
    private HttpClient? _client;

    internal TestNode Node => _node!;

    internal ManualTime Time { get; } = new();

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client!.Dispose();
        await _node!.DisposeAsync();
    }

    /// <summary>A scene on a node of its own.</summary>
    internal static async Task<RegistrarScene> OpenAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        RegistrarScene scene = new();
        await scene.StartAsync(change);
        return scene;
    }

    /// <summary>A key that no other test has.</summary>
    internal static SigningKey NewKey(string name = "key-1", KeyType type = KeyType.Secp256K1) =>
        TestKeys.Signer(Interlocked.Increment(ref _keys), type, name);

    /// <summary>The public half of a key with its purposes, as a member of <c>secret.verificationMethod</c>.</summary>
    internal static string Public(SigningKey key, params string[] purposes) =>
        $$"""
            {
              "id": "#{{key.Fragment}}",
              "type": "Multikey",
              "publicKeyMultibase": "{{Multikey.Encode(key.Type, key.PublicKey.Span)}}",
              "purpose": {{JsonSerializer.Serialize(purposes.Length > 0 ? purposes : ["capabilityInvocation"])}}
            }
            """;

    /// <summary>A first request with keys beside the document.</summary>
    internal static string WithKeys(params string[] keys) =>
        Request($"\"secret\": {{ \"verificationMethod\": [{string.Join(", ", keys)}] }}");

    /// <summary>A first request.</summary>
    internal static string Request(params string[] members) =>
        $"{{ {string.Join(", ", ["\"options\": { \"clientSecretMode\": true }", .. members])} }}";

    /// <summary>An answer to signing requests.</summary>
    internal static string Signatures(string jobId, params (string Request, string Signature)[] signatures) =>
        $$"""
            {
              "jobId": "{{jobId}}",
              "secret": {
                "signingResponse": { {{string.Join(
                ", ",
                signatures.Select(one => $"\"{one.Request}\": {{ \"signature\": \"{one.Signature}\" }}")
            )}} }
              }
            }
            """;

    /// <summary>The raw signature of a key over what one signing request holds.</summary>
    internal static byte[] Sign(Reply asked, SigningKey key, int request = 1)
    {
        byte[] message = asked
            .Json.GetProperty("didState")
            .GetProperty("signingRequest")
            .GetProperty($"signingRequest{request}")
            .GetProperty("serializedPayload")
            .GetBytesFromBase64();
        Assert.StartsWith("ledger.v1.Operation\n", Encoding.UTF8.GetString(message), StringComparison.Ordinal);
        return key.Sign(message.AsSpan(OperationCodec.Domain.Length)).Value.ToByteArray();
    }

    internal async Task<Reply> Post(string verb, string body, string type = "application/json", string query = "")
    {
        using StringContent content = new(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using HttpResponseMessage response = await _client!.PostAsync(
            new Uri($"/1.0/{verb}{query}", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        Dictionary<string, string> headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a first request that brings everything but signatures.</summary>
    internal async Task<Reply> Ask(string verb, string body)
    {
        Reply asked = await Post(verb, body);
        Assert.True(asked.Status == 200 && State(asked) == "action", asked.ToString());
        Assert.Equal("signPayload", asked.Json.GetProperty("didState").GetProperty("action").GetString());
        return asked;
    }

    /// <summary>Answers the first signing requests of a job, one with each key.</summary>
    internal Task<Reply> Answer(string verb, Reply asked, params SigningKey[] keys) =>
        Post(
            verb,
            Signatures(
                JobOf(asked)!,
                [
                    .. keys.Select(
                        (key, i) => ($"signingRequest{i + 1}", Convert.ToBase64String(Sign(asked, key, i + 1)))
                    ),
                ]
            )
        );

    /// <summary>Does a job whose first request brings everything but signatures.</summary>
    internal async Task<Reply> Do(string verb, string body, params SigningKey[] keys)
    {
        Reply done = await Answer(verb, await Ask(verb, body), keys);
        Assert.True(State(done) == "finished", done.ToString());
        return done;
    }

    /// <summary>Registers a DID.</summary>
    internal async Task<string> Register(SigningKey key, params string[] otherKeys) =>
        DidOf(await Do("create", WithKeys([Public(key), .. otherKeys]), key));

    internal async Task<JsonElement> Resolve(string did) =>
        JsonDocument
            .Parse(await _client!.GetStringAsync(new Uri($"/1.0/identifiers/{did}", UriKind.Relative)))
            .RootElement;

    /// <summary>Sends what must be refused.</summary>
    /// <returns>The answer.</returns>
    internal async Task<Reply> Refuses(
        string verb,
        string body,
        ReasonCode reason,
        string detail = "",
        int status = 400
    )
    {
        long size = Node.Size;
        Reply reply = await Post(verb, body);
        RequireFailed(reply, reason, detail, status);
        Assert.Equal(size, Node.Size);
        return reply;
    }

    internal static void RequireFailed(Reply reply, ReasonCode reason, string detail = "", int status = 400)
    {
        Assert.True(State(reply) == "failed" && reply.Status == status, reply.ToString());
        string said = reply.Json.GetProperty("didState").GetProperty("reason").GetString()!;
        Assert.StartsWith($"{Reasons.Name(reason)} ({(int)reason}): ", said, StringComparison.Ordinal);
        Assert.Contains(detail, said, StringComparison.Ordinal);
    }

    internal static string? State(Reply reply) => reply.Json.GetProperty("didState").GetProperty("state").GetString();

    internal static string DidOf(Reply reply) => reply.Json.GetProperty("didState").GetProperty("did").GetString()!;

    internal static string? JobOf(Reply reply) => reply.Json.GetProperty("jobId").GetString();

    private async Task StartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        _node = await TestNode.StartAsync(options =>
        {
            options = options with { Http = new IPEndPoint(IPAddress.Loopback, 0), Time = Time };
            return change?.Invoke(options) ?? options;
        });
        _client = new HttpClient { BaseAddress = Node.Node.HttpAddress };
        Testing.Signer supervisor = new(Time, TestNode.Origin);
        Submission founded = await Node.Node.Ledger.SubmitAsync(
            supervisor.Sign(Operations.Found(TestNode.Network, supervisor.Document)),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(Judgement.Ok, founded.Judgement);
    }
}
