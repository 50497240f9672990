using System.Net;
using System.Text;
using Ledger.Log;
using Ledger.Protocol;

namespace Ledger.Witnessing;

/// <summary>What a witness made of a request.</summary>
/// <param name="Cosignatures">Verified; none when there is a problem.</param>
/// <param name="Problem">What is wrong, for the operator; null: nothing.</param>
internal sealed record WitnessReply(IReadOnlyList<VerifiedSignature> Cosignatures, string? Problem)
{
    public static WitnessReply Failed(string problem) => new([], problem);
}

/// <summary>
/// Asks the witness at one address for cosignatures (C2SP tlog-witness 1.0.0), one request at a time. It may have several keys. What
/// it answers is believed only as far as its signatures verify.
/// </summary>
internal sealed class WitnessLink : IDisposable
{
    // A witness that names another size each time is not asked for ever.
    private const int AttemptsMax = 3;

    private readonly Publisher _publisher;
    private readonly HttpClient _http;
    private readonly Uri _address;

    // The size that it cosigned last: what it said, or what is kept.
    private long _lastSize;

    // The largest that it is known to have cosigned.
    private long _cosignedSize;

    /// <summary>A link, which has asked nothing yet.</summary>
    /// <param name="publisher">The log.</param>
    /// <param name="witnesses">The witnesses at this address.</param>
    /// <param name="timeout">How long a request may take, all of it.</param>
    /// <param name="lastSize">The largest size that it is known to have cosigned; 0: none.</param>
    public WitnessLink(Publisher publisher, IReadOnlyList<PolicyWitness> witnesses, TimeSpan timeout, long lastSize)
    {
        _publisher = publisher;
        Witnesses = witnesses;
        _lastSize = _cosignedSize = lastSize;
        _address = new Uri($"{witnesses[0].Url!.AbsoluteUri.TrimEnd('/')}/add-checkpoint");

        // Whatever is at the address leads nowhere else and sends no more than has room.
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                MaxResponseHeadersLength = 16,
                MaxConnectionsPerServer = 1,
                ConnectTimeout = timeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names may come to stand for other addresses
            }
        )
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = Limits.WitnessAnswerBytesMax,
        };
    }

    /// <summary>The witnesses at this address.</summary>
    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    /// <summary>Whether it has failed and is left alone for a while. Guarded by the gate of <see cref="Cosigning"/>.</summary>
    public bool IsResting { get; set; }

    /// <summary>Asks for cosignatures of a head.</summary>
    /// <param name="head">A published head.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<WitnessReply> OfferAsync(LogHead head, CancellationToken stop)
    {
        try
        {
            for (int attempt = 0; attempt < AttemptsMax; attempt++)
            {
                if (await AskAsync(head, stop).ConfigureAwait(false) is { } reply)
                {
                    return reply;
                }
            }

            return WitnessReply.Failed("it names another size each time that it is asked");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return WitnessReply.Failed($"it did not answer within {_http.Timeout.TotalSeconds} s");
        }
        catch (HttpRequestException e)
        {
            return WitnessReply.Failed($"it did not answer ({e.HttpRequestError})"); // without addresses: clients are shown it
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever comes of what an outsider sends, it costs the log no more than a cosignature.
            return WitnessReply.Failed($"its answer could not be taken ({e.GetType().Name})");
        }
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _http.Dispose();

    // Null: it has said which size it goes on from, and can be asked again at once.
    private async Task<WitnessReply?> AskAsync(LogHead head, CancellationToken stop)
    {
        long oldSize = _lastSize;
        using ByteArrayContent body = new(
            AddCheckpointRequest.Write(oldSize, Prove(oldSize, head.Size), head.Note.Span)
        );
        using HttpResponseMessage answer = await _http.PostAsync(_address, body, stop).ConfigureAwait(false);
        byte[] content = await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                return Accept(head, content);
            case HttpStatusCode.Conflict:
                return Conflict(head, oldSize, answer.Content.Headers.ContentType?.MediaType, content);
            case HttpStatusCode.UnprocessableEntity:
                return WitnessReply.Failed(
                    $"it says that the tree of {head.Size} does not continue the tree of {oldSize} that it has cosigned: one of the two is a FORK of this log"
                );
            case HttpStatusCode.NotFound or HttpStatusCode.Forbidden:
                return WitnessReply.Failed("it does not know this log and its key: ask who runs it to add them");
            default:
                return WitnessReply.Failed($"it answered {(int)answer.StatusCode}");
        }
    }

    private byte[][] Prove(long oldSize, long size)
    {
        if (oldSize == 0 || oldSize == size)
        {
            return [];
        }

        // Held, so that what the tree reads stays; null when the log has ended, and then nobody waits for an answer.
        using ReadView? view = _publisher.TryRead();
        return view?.ConsistencyProof(oldSize, size) ?? throw new OperationCanceledException();
    }

    private WitnessReply Accept(LogHead head, byte[] lines)
    {
        VerifierKey[] keys = [.. Witnesses.Select(static one => one.Key)];
        byte[] body = Encoding.UTF8.GetBytes(head.Checkpoint.Body);
        if (!SignedNote.TryParse([.. body, (byte)'\n', .. lines], out SignedNote? parsed, out string problem))
        {
            return WitnessReply.Failed($"what it answered is no cosignature: {problem}");
        }

        // Lines with an empty one among them would make another text, which a witness is free to have signed.
        if (!parsed.TextBytes.Span.SequenceEqual(body))
        {
            return WitnessReply.Failed("what it answered is no cosignature of this checkpoint: it makes another text");
        }

        if (!parsed.TryVerify(keys, out IReadOnlyList<VerifiedSignature> cosignatures, out problem))
        {
            return WitnessReply.Failed($"what it answered is no cosignature of this checkpoint: {problem}");
        }

        _lastSize = _cosignedSize = head.Size;
        return new WitnessReply(cosignatures, null);
    }

    private WitnessReply? Conflict(LogHead head, long oldSize, string? contentType, byte[] content)
    {
        if (
            contentType != AddCheckpointRequest.SizeContentType
            || !AddCheckpointRequest.TryParseSize(content, out long size)
        )
        {
            return WitnessReply.Failed("it answered 409, and not which size it cosigned last");
        }

        if (size == oldSize)
        {
            return WitnessReply.Failed(
                oldSize == head.Size
                    ? $"it has cosigned ANOTHER tree of {size} under this log's key: this log has FORKED, or the witness lies"
                    : $"it says that it cosigned {size} last, and does not go on from there"
            );
        }

        if (size > head.Size)
        {
            // A newer head may have reached it by another way. More than there is of this log has none.
            return WitnessReply.Failed(
                size > _publisher.Current.Head.Size
                    ? $"it has cosigned a tree of {size}, and this log has {head.Size} entries: this is an OLD COPY of the log, or the witness lies"
                    : $"it has cosigned a newer tree, of {size}"
            );
        }

        if (size < _cosignedSize)
        {
            string forgotten =
                $"it has FORGOTTEN that it cosigned a tree of {_cosignedSize}, and says {size}: its cosignatures prove nothing any more";
            _cosignedSize = size; // said once; then it goes on
            _lastSize = size;
            return WitnessReply.Failed(forgotten);
        }

        _lastSize = size;
        return null;
    }
}
