using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Node.Tests.Grpc;
using Ledger.Protocol;
using Ledger.Store;
using Ledger.V1;
using Ledger.Witness;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Tests;

/// <summary>A node and its witnesses, all of them real, and what else may stand at a witness's address.</summary>
public sealed class WitnessingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Ed25519PrivateKey _logKey = TestKeys.Ed25519(77);

    private VerifierKey LogKey => VerifierKey.ForEd25519(TestNode.Origin, _logKey.PublicKey);

    public void Dispose()
    {
        _logKey.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Log_WithTwoWitnesses_IsProvenInWhatBothCosigned()
    {
        await using TestWitness w1 = await Witness("w1");
        await using TestWitness w2 = await Witness("w2");
        WitnessPolicy policy = Policy("all", (w1.Key, w1.Address), (w2.Key, w2.Address));
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);
        byte[] id = await node.Found();
        await node.Cosigned(node.Size);

        await using LedgerClient client = await node.Connect(policy);
        CosignedCheckpoint checkpoint = await client.GetCosignedCheckpointAsync();
        ProvenEntry entry = await client.GetEntryAsync(0, cosigned: true);
        ProvenEntry? found = await client.FindAsync(id, cosigned: true);
        GetInclusionProofResponse proof = await node.Log.GetInclusionProofAsync(
            new GetInclusionProofRequest { Index = 1, Cosigned = true }
        );
        GetReceiptResponse receipt = await node.Registry.GetReceiptAsync(
            new GetReceiptRequest
            {
                OperationId = Google.Protobuf.ByteString.CopyFrom(id),
                WithProof = true,
                Cosigned = true,
            }
        );
        IReadOnlyList<V1.WitnessStatus> status = await client.ListWitnessesAsync();

        Assert.Equal(node.Size, checkpoint.Size);
        Assert.Equal([w1.Key, w2.Key], checkpoint.Cosignatures.Select(static one => one.Key));
        Assert.Equal([w1.Key, w2.Key], entry.Cosignatures.Select(static one => one.Key));
        Assert.Equal(0, found!.Index);
        Assert.Equal(checkpoint.Note, proof.Proof.Checkpoint.Memory.ToArray());
        Assert.Equal(checkpoint.Note, receipt.Receipt.Proof.Checkpoint.Memory.ToArray());
        Assert.All(status, one => Assert.Equal(((ulong)node.Size, ""), (one.CosignedSize, one.Problem)));

        // The bundle carries the cosignatures, offline and for ever.
        byte[] bundle = entry.ToProofBundle();
        Assert.Equal(2, ProvenEntry.FromProofBundle(bundle, LogKey, witnesses: policy).Cosignatures.Count);
        using Cosigner stranger = Ed25519Cosignature.Instance.Open("w3", SHA256.HashData("w3"u8));
        VerificationException e = Assert.Throws<VerificationException>(() =>
            ProvenEntry.FromProofBundle(bundle, LogKey, witnesses: WitnessPolicy.AllOf(w1.Key, stranger.Key))
        );
        Assert.Equal(VerificationCheck.Cosignatures, e.Check);
    }

    // Whatever the node takes for enough: the client has a policy of its own.
    [Fact]
    public async Task Client_OfAStricterPolicy_AcceptsNothingThatLacksIt()
    {
        await using TestWitness witness = await Witness("w");
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(
            _folder["data"],
            _logKey,
            Policy("any", (witness.Key, witness.Address))
        );
        byte[] id = await node.Found();
        await node.Cosigned(node.Size);
        await using LedgerClient strict = await node.Connect(WitnessPolicy.AllOf(witness.Key, Key("another")));
        await using LedgerClient elsewhere = await node.Connect(WitnessPolicy.AllOf(Key("another")));
        await using LedgerClient none = await node.Connect(null);

        foreach (LedgerClient client in (LedgerClient[])[strict, elsewhere])
        {
            foreach (
                Func<Task> call in (Func<Task>[])
                    [
                        () => client.GetCosignedCheckpointAsync(),
                        () => client.GetEntryAsync(0, cosigned: true),
                        () => client.FindAsync(id, cosigned: true),
                    ]
            )
            {
                VerificationException e = await Assert.ThrowsAsync<VerificationException>(call);
                Assert.Equal(VerificationCheck.Cosignatures, e.Check);
            }
            await client.GetEntryAsync(0); // which asks for none
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => none.GetCosignedCheckpointAsync());
    }

    [Fact]
    public async Task Log_WithoutAPolicy_HasNoCosignedCheckpoint()
    {
        await using TestNode node = await TestNode.StartAsync();

        await Is(
            ReasonCode.NotCosigned,
            () => node.Log.GetCheckpointAsync(new GetCheckpointRequest { Cosigned = true })
        );
        ListWitnessesResponse none = await node.Log.ListWitnessesAsync(new ListWitnessesRequest());
        Assert.Equal((0, 0ul), (none.Witnesses.Count, none.CosignedSize));
        using ReadView view = node.Node.Ledger.Read();
        Assert.Equal(view.Head.Note, view.PublicNote);
    }

    [Fact]
    public async Task Log_WithoutItsQuorum_GoesOnAndSaysSo()
    {
        await using TestWitness good = await Witness("good");
        WitnessPolicy policy = Policy("all", (good.Key, good.Address), (Key("dead"), new Uri("http://127.0.0.1:9/")));
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);

        await node.Found();
        await node.Problem("dead", "did not answer");

        await Is(ReasonCode.NotCosigned, () => node.Log.GetEntryAsync(Proven(0)));
        await Is(
            ReasonCode.NotCosigned,
            () => node.Log.GetInclusionProofAsync(new GetInclusionProofRequest { Cosigned = true })
        );
        await Is(
            ReasonCode.InvalidRequest,
            () => node.Log.GetInclusionProofAsync(new GetInclusionProofRequest { TreeSize = 1, Cosigned = true })
        );
        Assert.True(node.Size > 0);
        ListWitnessesResponse status = await node.Log.ListWitnessesAsync(new ListWitnessesRequest());
        Assert.Equal(["good", "dead"], status.Witnesses.Select(static one => one.Name));
        Assert.Equal((0ul, 0ul), (status.CosignedSize, status.Witnesses[1].CosignedSize));
        Assert.StartsWith("it did not answer", status.Witnesses[1].Problem, StringComparison.Ordinal);
        Assert.NotEqual(0ul, status.Witnesses[1].ProblemSinceMs);
    }

    [Fact]
    public async Task Witnesses_DeadSlowAndGood_CosignAsManyAsCan()
    {
        using CancellationTokenSource ending = new();
        await using FalseWitness slow = await FalseWitness.StartAsync(async context =>
        {
            await Task.Delay(Timeout.Infinite, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        await using TestWitness good = await Witness("good");
        WitnessPolicy policy = Policy(
            "any",
            (Key("dead"), new Uri("http://127.0.0.1:9/")),
            (Key("slow"), slow.Address),
            (good.Key, good.Address)
        );
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);

        await node.Found();
        await node.Cosigned(node.Size);
        for (int i = 0; i < 5; i++)
        {
            await node.Register();
            await node.Cosigned(node.Size);
        }

        await node.Problem("dead", "did not answer");
        await node.Problem("slow", "did not answer");
        await ending.CancelAsync();
    }

    public static TheoryData<string, string> Lies =>
        new()
        {
            { "nothing", "no cosignature" },
            { "rubbish", "no cosignature" },
            { "another text", "no cosignature of this checkpoint" },
            { "another key", "no cosignature of this checkpoint" },
            { "a wrong signature", "no cosignature of this checkpoint" },
            { "another size each time", "another size" },
            { "more than there is", "OLD COPY" },
            { "a number that is none", "409" },
            { "a size as another type", "409" },
            { "the size that it was asked from", "does not go on" },
            { "no continuation", "FORK" },
            { "elsewhere", "307" },
            { "a failure", "500" },
            { "unknown", "does not know this log" },
            { "too busy", "429" },
            { "too much", "did not answer" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Witness_ThatLies_CostsItsOwnCosignatureAlone(string lie, string problem)
    {
        using Cosigner liar = Ed25519Cosignature.Instance.Open("liar", SHA256.HashData("liar"u8));
        using Cosigner other = Ed25519Cosignature.Instance.Open("liar", SHA256.HashData("other"u8));
        int asked = 0;
        await using FalseWitness witness = await FalseWitness.StartAsync(context =>
            Lie(context, lie, liar, other, ref asked)
        );
        await using TestWitness good = await Witness("good");
        WitnessPolicy policy = Policy("any", (liar.Key, witness.Address), (good.Key, good.Address));
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);

        await node.Found();
        CosignedCheckpoint cosigned = await node.Cosigned(node.Size);
        await node.Problem("liar", problem);

        Assert.Equal([good.Key], cosigned.Cosignatures.Select(static one => one.Key));
        Assert.True(policy.TryOpen(cosigned.Note, LogKey, out _, out string why), why);
    }

    [Fact]
    public async Task Witness_ThatForgot_IsToldOf()
    {
        await using TestWitness witness = await Witness("w");
        WitnessPolicy policy = Policy("any", (witness.Key, witness.Address));
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);
        await node.Found();
        await node.Cosigned(node.Size);

        int port = witness.Address.Port;
        await witness.StopAsync(forget: true);
        await witness.StartAsync(LogKey, new IPEndPoint(IPAddress.Loopback, port));
        await node.Register();

        await node.Heard("FORGOTTEN");
        await node.Cosigned(node.Size);
    }

    [Fact]
    public async Task Log_ThatForked_IsNotCosignedAndHearsOfIt()
    {
        await using TestWitness witness = await Witness("w");
        using ReferenceLog fork = new(TestNode.Origin, 40, key: TestKeys.Ed25519(77));
        Assert.Equal(200, witness.Witness.AddCheckpoint(fork.Request(0, 1)).Status);
        WitnessPolicy policy = Policy("any", (witness.Key, witness.Address));
        await using EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy);

        await node.Found();
        await node.Problem("w", "FORK");

        Assert.Null(node.Node.Ledger.Cosigned);
        Assert.Equal("1\n", witness.Witness.AddCheckpoint(fork.Request(0, 2)).Text); // nothing but the fork
    }

    [Fact]
    public async Task Cosigned_AfterARestart_IsKept()
    {
        await using TestWitness witness = await Witness("w");
        WitnessPolicy policy = Policy("any", (witness.Key, witness.Address));
        CosignedCheckpoint before;
        await using (EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy))
        {
            await node.Found();
            before = await node.Cosigned(node.Size);
        }

        await witness.StopAsync();

        await using (EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy))
        {
            Assert.Equal(before.Note, node.Node.Ledger.Cosigned!.Note);
            Assert.Equal(before.Size, node.Node.Ledger.Witnesses.Single().CosignedSize);
            using ReadView view = node.Node.Ledger.Read();
            Assert.Equal(before.Note, view.PublicNote);
        }

        // By another policy it is none, and nothing is served as if it were.
        List<string> said = [];
        await using (
            EmbeddedNode node = await EmbeddedNode.StartAsync(
                _folder["data"],
                _logKey,
                Policy("any", (Key("x"), new Uri("http://127.0.0.1:9/"))),
                said.Add
            )
        )
        {
            Assert.Null(node.Node.Ledger.Cosigned);
            Assert.Contains("none by the policy", said[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cosigned_OfAnotherTree_StopsTheStart()
    {
        await using TestWitness witness = await Witness("w");
        WitnessPolicy policy = Policy("any", (witness.Key, witness.Address));
        await using (EmbeddedNode node = await EmbeddedNode.StartAsync(_folder["data"], _logKey, policy))
        {
            await node.Found();
            await node.Cosigned(node.Size);
        }

        using ReferenceLog fork = new(TestNode.Origin, 40, key: TestKeys.Ed25519(77));
        foreach (int size in (int[])[1, 40])
        {
            File.WriteAllBytes(Path.Combine(_folder["data"], "cosigned"), fork.Note(size));
            await Assert.ThrowsAsync<StoreException>(() => EmbeddedNode.StartAsync(_folder["data"], _logKey, policy));
        }
    }

    [Fact]
    public async Task Start_WithAPolicyThatIsNotForTheLog_IsRefused()
    {
        using ReferenceLog other = new("other.example", 1);
        foreach (
            string file in (string[])
                [
                    "quorum none\n",
                    $"witness w {Key("w")}\nquorum w\n",
                    $"log {other.Verifier}\nwitness w {Key("w")} http://127.0.0.1:9/\nquorum w\n",
                ]
        )
        {
            await Assert.ThrowsAsync<NodeConfigurationException>(() =>
                EmbeddedNode.StartAsync(_folder["data"], _logKey, Parse(file))
            );
        }
    }

    [Fact]
    public async Task Node_AsAWitness_CosignsOtherLogs()
    {
        using Cosigner cosigner = Ed25519Cosignature.Instance.Open("node", SHA256.HashData("node"u8));
        using ReferenceLog log = new("other.example", 9);
        WitnessFolder.Enter(_folder["memory"], cosigner.Key);
        using CheckpointWitness witness = new(
            WitnessFolder.Open(_folder["memory"], [cosigner.Key]),
            [cosigner],
            [log.Verifier],
            TimeProvider.System
        );
        await using TestNode node = await TestNode.StartAsync(options =>
            options with
            {
                Http = new IPEndPoint(IPAddress.Loopback, 0),
                Witness = witness,
            }
        );
        using HttpClient http = new() { BaseAddress = node.Node.HttpAddress };

        using HttpResponseMessage cosigned = await Post(log.Request(0, 5));
        using HttpResponseMessage conflict = await Post(log.Request(0, 9));
        using HttpResponseMessage large = await Post(new byte[Limits.WitnessRequestBytesMax + 1]);
        using HttpResponseMessage larger = await Post(new byte[2 * 1024 * 1024]);
        using HttpResponseMessage read = await http.GetAsync("/witness/add-checkpoint");

        Assert.Equal(HttpStatusCode.OK, cosigned.StatusCode);
        Assert.StartsWith("— node ", await cosigned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Equal("text/x.tlog.size", conflict.Content.Headers.ContentType!.MediaType);
        Assert.Equal("5\n", await conflict.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, large.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, larger.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);

        async Task<HttpResponseMessage> Post(byte[] body) =>
            await http.PostAsync("/witness/add-checkpoint", new ByteArrayContent(body));
    }

    [Fact]
    public async Task Node_ThatIsNoWitness_SaysSo()
    {
        await using TestNode node = await TestNode.StartAsync(options =>
            options with
            {
                Http = new IPEndPoint(IPAddress.Loopback, 0),
            }
        );
        using HttpClient http = new() { BaseAddress = node.Node.HttpAddress };

        using HttpResponseMessage answer = await http.PostAsync("/witness/add-checkpoint", new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Server_OfAWitness_AnswersNothingElse()
    {
        await using TestWitness witness = await Witness("w");
        using ReferenceLog log = new(TestNode.Origin, 9, key: TestKeys.Ed25519(77));
        using HttpClient http = new() { BaseAddress = witness.Address };

        using HttpResponseMessage cosigned = await http.PostAsync(
            "/add-checkpoint",
            new ByteArrayContent(log.Request(0, 9))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
            }
        );
        using HttpResponseMessage elsewhere = await http.PostAsync("/", new ByteArrayContent([]));
        using HttpResponseMessage read = await http.GetAsync("/add-checkpoint");
        using HttpResponseMessage large = await http.PostAsync(
            "/add-checkpoint",
            new ByteArrayContent(new byte[3 * Limits.WitnessRequestBytesMax])
        );

        Assert.Equal(HttpStatusCode.OK, cosigned.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    private async Task<TestWitness> Witness(string name)
    {
        TestWitness witness = new(name);
        await witness.StartAsync(LogKey);
        return witness;
    }

    private static VerifierKey Key(string name)
    {
        using Cosigner cosigner = Ed25519Cosignature.Instance.Open(name, SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return cosigner.Key;
    }

    private static WitnessPolicy Policy(string threshold, params (VerifierKey Key, Uri Url)[] witnesses) =>
        Parse(
            string.Concat(witnesses.Select(static one => $"witness {one.Key.Name} {one.Key} {one.Url}\n"))
                + $"group g {threshold} {string.Join(' ', witnesses.Select(static one => one.Key.Name))}\nquorum g\n"
        );

    private static WitnessPolicy Parse(string file)
    {
        bool isPolicy = WitnessPolicy.TryParse(
            Encoding.UTF8.GetBytes(file),
            NoteAlgorithm.BuiltIn,
            out WitnessPolicy? policy,
            out PolicyProblem? problem
        );
        Assert.True(isPolicy, problem?.ToString());
        return policy!;
    }

    private static GetEntryRequest Proven(ulong index) =>
        new()
        {
            Index = index,
            WithProof = true,
            Cosigned = true,
        };

    private static async Task Is<T>(ReasonCode reason, Func<AsyncUnaryCall<T>> call)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.StartsWith($"{(int)reason} ", e.Trailers.GetValue("ledger-reason"), StringComparison.Ordinal);
    }

    private static Task Lie(HttpContext context, string lie, Cosigner liar, Cosigner other, ref int asked)
    {
        int times = Interlocked.Increment(ref asked);
        return Answer();

        async Task Answer()
        {
            using MemoryStream received = new();
            await context.Request.Body.CopyToAsync(received);
            Assert.True(AddCheckpointRequest.TryParse(received.ToArray(), out AddCheckpointRequest? request, out _));
            string text = request.Note.Text;
            (int status, string type, string body) = lie switch
            {
                "nothing" => (200, "text/plain", ""),
                "rubbish" => (200, "text/plain", "— liar rubbish\n"),
                "another text" => (200, "text/plain", Otherwise(text)),
                "another key" => (200, "text/plain", other.Cosign(Encoding.UTF8.GetBytes(text), 1)),
                "a wrong signature" => (200, "text/plain", liar.Cosign("other\n1\n"u8, 1)),
                "another size each time" => (409, "text/x.tlog.size", $"{times % 2 + 1}\n"),
                "more than there is" => (409, "text/x.tlog.size", $"{long.MaxValue}\n"),
                "a number that is none" => (409, "text/x.tlog.size", "01\n"),
                "a size as another type" => (409, "text/plain", "0\n"),
                "the size that it was asked from" => (409, "text/x.tlog.size", $"{request.OldSize}\n"),
                "no continuation" => (422, "text/plain", ""),
                "elsewhere" => (307, "text/plain", ""),
                "a failure" => (500, "text/plain", ""),
                "unknown" => (404, "text/plain", ""),
                "too busy" => (429, "text/plain", ""),
                "too much" => (200, "text/plain", new string('a', 2 * Limits.WitnessAnswerBytesMax)),
                _ => throw new ArgumentOutOfRangeException(nameof(lie)),
            };
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.Headers.Location = "http://127.0.0.1:9/";
            await context.Response.WriteAsync(body);
        }

        // A true signature, of the checkpoint with a line more.
        string Otherwise(string text)
        {
            string extended = $"{text}\n— log.example AAAAAAAA\n";
            return $"— log.example AAAAAAAA\n\n{liar.Cosign(Encoding.UTF8.GetBytes(extended), 1)}";
        }
    }
}
