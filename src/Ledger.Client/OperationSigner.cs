using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// Makes signed operations for one ledger, without a connection: a machine that holds keys need not be the one that sends.
/// Safe on any number of threads.
/// </summary>
public sealed class OperationSigner
{
    // What a log says may lie beyond any calendar.
    private static readonly long LogTimeMsMax = DateTimeOffset.MaxValue.AddYears(-1).ToUnixTimeMilliseconds();

    private readonly TimeProvider _time;
    private long _logTimeMs;

    /// <summary>Makes a signer.</summary>
    /// <param name="origin">Origin of the ledger.</param>
    /// <param name="notAfter">How long operations may wait for their turn: up to 30 days.</param>
    /// <param name="time">Where "now" comes from; null: the system.</param>
    /// <exception cref="ArgumentException">One of them is out of its range.</exception>
    public OperationSigner(string origin, TimeSpan notAfter, TimeProvider? time = null)
    {
        if (!TextSyntax.IsOrigin(origin))
        {
            throw new ArgumentException("This is not an origin.", nameof(origin));
        }
        RequireRange(notAfter, nameof(notAfter));
        Origin = origin;
        NotAfter = notAfter;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Origin of the ledger that operations are signed for.</summary>
    public string Origin { get; }

    /// <summary>How long operations may wait for their turn.</summary>
    public TimeSpan NotAfter { get; }

    /// <summary>
    /// Tells of a time that the log has reached. Deadlines are judged by the log's time: when that is ahead of the clock here, they are
    /// counted from there.
    /// </summary>
    /// <param name="timeMs">Time of an entry, Unix milliseconds. One that is not the newest known changes nothing.</param>
    public void NoteLogTime(long timeMs)
    {
        long time = Math.Min(timeMs, LogTimeMsMax);
        long seen = Volatile.Read(ref _logTimeMs);
        while (time > seen)
        {
            long before = Interlocked.CompareExchange(ref _logTimeMs, time, seen);
            seen = before == seen ? time : before;
        }
    }

    /// <summary>Signs what an actor asks.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <param name="approver">The second party that approves it, whose signatures follow; null: nobody.</param>
    /// <exception cref="RefusedException">
    /// A field is outside its documented range, the approver is the actor, or nobody approves an operation of this kind: no ledger would
    /// take it.
    /// </exception>
    public PreparedOperation Sign(Actor actor, Operation body, Actor? approver = null)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return Sign(actor.Did, actor.Keys, body, approver);
    }

    /// <summary>Signs an operation that creates the DID that acts: <c>create_did</c> or <c>found_ledger</c>.</summary>
    /// <param name="keys">Keys that the new document names for capability invocation, at least one.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <exception cref="RefusedException">A field is outside its documented range: no ledger would take it.</exception>
    public PreparedOperation SignNew(IReadOnlyList<SigningKey> keys, Operation body) =>
        Sign("", keys, body, approver: null);

    /// <summary>
    /// Completes an operation that others are to sign, or to sign with: as <see cref="OperationFile"/> carries it from one to the next.
    /// </summary>
    /// <param name="actor">DID that acts; empty when the operation creates it.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <param name="notAfter">How long it may wait for its turn, up to 30 days; null: <see cref="NotAfter"/>.</param>
    /// <param name="approver">DID of the second party that is to approve it; empty: nobody.</param>
    /// <returns>The encoded operation: the bytes that are signed.</returns>
    /// <exception cref="RefusedException">A field is outside its documented range: no ledger would take it.</exception>
    public byte[] Complete(string actor, Operation body, TimeSpan? notAfter = null, string approver = "")
    {
        TimeSpan wait = notAfter ?? NotAfter;
        RequireRange(wait, nameof(notAfter));
        byte[] bytes = Encode(actor, body, wait, approver);
        Judgement form = OperationCodec.DecodeUnsigned(bytes, Origin, out _);
        return form.IsOk ? bytes : throw new RefusedException(form);
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset here = _time.GetUtcNow();
        DateTimeOffset log = DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _logTimeMs));
        return here > log ? here : log;
    }

    private PreparedOperation Sign(string actor, IReadOnlyList<SigningKey> keys, Operation body, Actor? approver)
    {
        ArgumentNullException.ThrowIfNull(keys);
        byte[] bytes = Encode(actor, body, NotAfter, approver?.Did ?? "");
        SignedOperation signed = new() { Operation = UnsafeByteOperations.UnsafeWrap(bytes) };
        foreach (SigningKey key in keys)
        {
            signed.Signatures.Add(key.Sign(bytes));
        }
        foreach (SigningKey key in approver?.Keys ?? [])
        {
            Signature signature = key.Sign(bytes);
            signature.ByApprover = true;
            signed.Signatures.Add(signature);
        }
        return PreparedOperation.From(signed, Origin);
    }

    private byte[] Encode(string actor, Operation body, TimeSpan notAfter, string approver)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(approver);
        ArgumentNullException.ThrowIfNull(body);
        Operation operation = body.Clone();
        operation.Ledger = Origin;
        operation.Actor = actor;
        operation.Approver = approver;
        operation.NotAfter = (ulong)(Now() + notAfter).ToUnixTimeSeconds();
        operation.Nonce = UnsafeByteOperations.UnsafeWrap(RandomNumberGenerator.GetBytes(Limits.NonceBytes));
        return OperationCodec.Encode(operation);
    }

    private static void RequireRange(TimeSpan notAfter, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(notAfter, TimeSpan.FromSeconds(1), name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(notAfter, TimeSpan.FromSeconds(Limits.NotAfterSecondsMax), name);
    }
}
