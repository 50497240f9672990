using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>How commands find and trust a node.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly string _memoryPath;
    private readonly Output _output;

    private Connection(LedgerClient client, string memoryPath, Output output)
    {
        Client = client;
        _output = output;
        _memoryPath = memoryPath;
    }

    /// <summary>Which node.</summary>
    public static Option<string> Node { get; } =
        new("--node")
        {
            Description =
                "Address of the node: HOST:PORT, or a URL. Without a scheme, http on loopback and https elsewhere.",
            HelpName = "ADDRESS",
            DefaultValueFactory = static _ => "127.0.0.1:7400",
        };

    /// <summary>Which log.</summary>
    public static Option<string?> LogKey { get; } =
        new("--log-key")
        {
            Description =
                "The log's verifier key, or a file that holds it. Without it, the key is taken from the node at first and remembered.",
            HelpName = "VKEY|FILE",
        };

    /// <summary>Whose certificates a node may show.</summary>
    public static Option<string?> Authorities { get; } =
        new("--ca")
        {
            Description =
                "PEM file with the authorities that the node's certificate must come from. Default: those of the system.",
            HelpName = "FILE",
        };

    /// <summary>Certificate that is shown to a node.</summary>
    public static Option<string?> Certificate { get; } =
        new("--client-cert") { Description = "PEM file with the certificate to show to the node.", HelpName = "FILE" };

    /// <summary>Key of that certificate.</summary>
    public static Option<string?> CertificateKey { get; } =
        new("--client-cert-key")
        {
            Description = "PEM file with the private key of --client-cert, if it is not in the same file.",
            HelpName = "FILE",
        };

    /// <summary>The connected client.</summary>
    public LedgerClient Client { get; }

    /// <summary>Gives a command the options of transport.</summary>
    public static void AddTransport(Verb verb) => verb.AddUsual(Authorities, Certificate, CertificateKey);

    /// <summary>Gives a command every option of a connection.</summary>
    public static void AddTo(Verb verb)
    {
        verb.AddUsual(Node, LogKey);
        AddTransport(verb);
    }

    /// <summary>
    /// Connects to the node that the command line names, and verifies that its log continues what was seen of it before.
    /// </summary>
    /// <param name="line">The command line.</param>
    /// <param name="output">Where to say what a person should know.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="witnesses">Whose cosignatures make a checkpoint good; null: none are asked for.</param>
    public static async Task<Connection> OpenAsync(
        ParseResult line,
        Output output,
        CancellationToken stop,
        WitnessPolicy? witnesses = null
    )
    {
        LedgerClientOptions options = Describe(line, ParseAddress(line.GetRequiredValue(Node))) with
        {
            Witnesses = witnesses,
        };
        string path = LogMemory.DefaultPath("nodes", options.Address.Authority);
        LogMemory? memory = LogMemory.Read(path);
        VerifierKey? key = ParseLogKey(line.GetValue(LogKey)) ?? memory?.LogKey;
        bool continues = memory is not null && memory.LogKey == key;
        LedgerClientOptions known = options with
        {
            LogKey = key,
            TrustOnFirstUse = key is null,
            KnownCheckpoint = continues ? memory!.Checkpoint : default,
        };
        LedgerClient client;
        try
        {
            client = await ReachAsync(options.Address, () => LedgerClient.ConnectAsync(known, stop));
        }
        catch (VerificationException e) when (continues)
        {
            throw CommandFailure.Unverified(
                $"{options.Address.Authority}: {e.Problem}. Remembered of it: {memory}, in {path}. "
                    + $"If it was set up anew and you know why, `ledger log forget {options.Address.Authority}` forgets that.",
                new JsonObject { ["check"] = e.Check.ToString() }
            );
        }

        if (key is null)
        {
            output.Warn(
                $"First use of {options.Address.Authority}: its word is taken that the log's key is {client.LogKey}. Compare it with one that you got elsewhere."
            );
        }

        return new Connection(client, path, output);
    }

    /// <summary>What a client needs to reach an address, as the command line says.</summary>
    public static LedgerClientOptions Describe(ParseResult line, Uri address) =>
        new()
        {
            Address = address,
            AuthoritiesFile = line.GetValue(Authorities),
            CertificateFile = line.GetValue(Certificate),
            CertificateKeyFile = line.GetValue(CertificateKey),
        };

    /// <summary>Parses an address as a person writes it.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static Uri ParseAddress(string text)
    {
        bool hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (
            Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https"
            && address.PathAndQuery == "/"
        )
        {
            bool isLocal =
                address.IsLoopback || (IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
            return hasScheme || isLocal ? address : new Uri("https://" + text);
        }

        throw CommandFailure.Usage(
            $"'{text}' is not the address of a node: HOST:PORT, http://HOST:PORT or https://HOST:PORT."
        );
    }

    /// <summary>Parses a verifier key, or reads it from the file that the text names.</summary>
    /// <returns>The key; null when none was named.</returns>
    /// <exception cref="CommandFailure">It is neither.</exception>
    public static VerifierKey? ParseLogKey(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string candidate =
            !text.Contains('+', StringComparison.Ordinal) && File.Exists(text)
                ? TextFile.ReadOneLine(text) ?? ""
                : text;
        return VerifierKey.TryParse(candidate, out VerifierKey? key) && !key.Algorithm.IsCosignature
            ? key
            : throw CommandFailure.Usage(
                $"'{text}' is neither a verifier key (<origin>+<key id>+<base64>) nor a file that holds one."
            );
    }

    /// <summary>Calls a node; if it does not answer, the failure names it.</summary>
    /// <exception cref="CommandFailure">It does not answer.</exception>
    public static async Task<T> ReachAsync<T>(Uri address, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when ((e as RpcException ?? e.InnerException) is RpcException failed)
        {
            throw CommandFailure.Unreachable($"{address.Authority}: {Unanswered(failed)}{Hint(address, failed)}", e);
        }
    }

    /// <summary>That a call went unanswered, and why, down to what the transport says: "Connection refused".</summary>
    public static string Unanswered(RpcException e) =>
        $"the node did not answer: {CauseOf(e)?.Message ?? e.Status.Detail} ({e.StatusCode}).";

    private static Exception? CauseOf(RpcException e)
    {
        Exception? cause = e.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause;
    }

    // How it looks when one side speaks TLS and the other does not.
    private static string Hint(Uri address, RpcException e) =>
        (address.Scheme, CauseOf(e)) switch
        {
            ("http", HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }) =>
                " If the node speaks TLS, its address begins with https://.",
            ("https", { } cause) when cause.Message.Contains("frame", StringComparison.Ordinal) =>
                " If the node does not speak TLS, its address begins with http://.",
            _ => "",
        };

    /// <summary>Closes the connection and remembers the newest checkpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Client.NewestCheckpoint is { } newest)
        {
            try
            {
                new LogMemory(Client.LogKey, newest.Note).Write(_memoryPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What was asked is done by now.
                _output.Warn($"The newest checkpoint could not be remembered: {e.Message}");
            }
        }

        await Client.DisposeAsync();
    }
}
