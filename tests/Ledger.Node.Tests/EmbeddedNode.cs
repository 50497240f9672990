using System.Net;
using Google.Protobuf;
using Grpc.Net.Client;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>A real node in a folder and under a key of the test's own, that asks witnesses without waiting long for any.</summary>
internal sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly Lines _lines;
    private readonly GrpcChannel _channel;

    private EmbeddedNode(LedgerNode node, Lines lines)
    {
        Node = node;
        _lines = lines;
        _channel = GrpcChannel.ForAddress(node.Address);
    }

    public LedgerNode Node { get; }

    public long Size => Node.Ledger.Head.Size;

    public LogService.LogServiceClient Log => new(_channel);

    public RegistryService.RegistryServiceClient Registry => new(_channel);

    public static async Task<EmbeddedNode> StartAsync(
        string folder,
        Ed25519PrivateKey logKey,
        WitnessPolicy policy,
        Action<string>? said = null
    )
    {
        Lines lines = new();
        LedgerNode node = await LedgerNode.StartAsync(
            TestNode.Options(folder, logKey) with
            {
                Witnesses = policy,
            },
            options =>
                options with
                {
                    WitnessInterval = TimeSpan.FromMilliseconds(10),
                    WitnessTimeout = TimeSpan.FromSeconds(1),
                    OnWitness = line =>
                    {
                        said?.Invoke(line);
                        lines.Add(line);
                    },
                },
            TestContext.Current.CancellationToken
        );
        return new EmbeddedNode(node, lines);
    }

    /// <summary>Founds the ledger; the id of the operation.</summary>
    public Task<byte[]> Found()
    {
        Signer supervisor = new();
        return Apply(supervisor.Sign(Operations.Found(TestNode.Network, supervisor.Document)));
    }

    /// <summary>Registers some DID.</summary>
    public Task<byte[]> Register()
    {
        Signer signer = new();
        return Apply(signer.Sign(signer.Create));
    }

    /// <summary>A client with a policy.</summary>
    public Task<LedgerClient> Connect(WitnessPolicy? policy) =>
        LedgerClient.ConnectAsync(
            new LedgerClientOptions
            {
                Address = Node.Address,
                LogKey = Node.Ledger.LogKey,
                Witnesses = policy,
            }
        );

    /// <summary>Waits until so many entries are cosigned.</summary>
    public async Task<CosignedCheckpoint> Cosigned(long size) =>
        (await Node.Ledger.WaitForCosignedAsync(size, TestContext.Current.CancellationToken))!;

    /// <summary>Waits until the operator has heard something.</summary>
    public Task Heard(string text) => _lines.Has(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the operator has heard that a witness has a problem.</summary>
    public Task Problem(string witness, string problem) =>
        _lines.Has(line =>
            line.StartsWith($"Witness {witness}: ", StringComparison.Ordinal)
            && line.Contains(problem, StringComparison.Ordinal)
        );

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Node.DisposeAsync();
    }

    private async Task<byte[]> Apply(SignedOperation operation)
    {
        SubmitResponse response = await Registry.SubmitAsync(new SubmitRequest { Operation = operation });
        Assert.Equal(ReasonCode.Applied, response.Receipt.Outcome);
        return response.Receipt.OperationId.ToByteArray();
    }

    private sealed class Lines
    {
        private readonly List<string> _said = [];
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(string line)
        {
            lock (_said)
            {
                _said.Add(line);
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public async Task Has(Func<string, bool> wanted)
        {
            while (true)
            {
                Task more;
                lock (_said)
                {
                    if (_said.Exists(line => wanted(line)))
                    {
                        return;
                    }

                    more = _more.Task;
                }

                await more.WaitAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
