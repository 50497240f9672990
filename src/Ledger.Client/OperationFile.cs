using System.Globalization;
using System.Text;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// An operation on its way from one who signs to the next, on as many machines as they have: a file of text that a person can read, with
/// the bytes that are signed and the signatures made so far. Immutable; no part of it needs a node.
/// </summary>
/// <remarks>
/// <para>
/// UTF-8, one thing a line, in this order:
/// </para>
/// <code>
/// ledger-operation@v1
/// id &lt;operation id, hexadecimal&gt;
///
/// &gt; &lt;what the operation does, in words&gt;       one or more lines
///
/// operation &lt;base64&gt;                          the bytes that are signed
/// previous &lt;base64&gt;                           if at hand: the operation that they name as the one before
/// threshold &lt;number&gt;                          how many of the signers are needed
/// signer &lt;name&gt; &lt;type&gt; &lt;base64&gt;               a key that can sign: its name, its kind and the public key
/// approver &lt;name&gt; &lt;type&gt; &lt;base64&gt;             if a second party approves: a key of its that can, likewise
/// signature &lt;name&gt; &lt;base64&gt;                   a signature by the signer of that name
/// approval &lt;name&gt; &lt;base64&gt;                    a signature by the approver's key of that name
/// end
/// </code>
/// <para>
/// The words follow from the operation and the one before it: whoever reads the file makes them again and compares. That the one before
/// is the right one, its id says, which the operation names. Threshold and signers are the word of whoever made the file: the ledger
/// judges them anew. One signature of the approver is enough.
/// </para>
/// </remarks>
public sealed class OperationFile
{
    /// <summary>Longest file, in bytes.</summary>
    public const int BytesMax = 1024 * 1024;

    private const string Name = "ledger-operation";
    private const string Header = Name + "@v1";

    // Keys of a document and of a recovery policy.
    private const int SignersMax = Limits.VerificationMethodsMax + Limits.RecoveryKeysMax;

    private readonly byte[] _bytes;
    private readonly byte[] _previous;
    private readonly byte[] _id = new byte[Limits.HashBytes];

    private OperationFile(
        byte[] bytes,
        byte[] previous,
        int threshold,
        IReadOnlyList<VerificationMethod> signers,
        IReadOnlyList<VerificationMethod> approvers,
        IReadOnlyList<Signature> signatures
    )
    {
        _bytes = bytes;
        _previous = previous;
        Threshold = threshold;
        Signers = signers;
        Approvers = approvers;
        Signatures = signatures;
        Operation = Decode(bytes);
        OperationCodec.ComputeId(bytes, _id);
        Words = OperationWords.Of(Operation, previous.Length == 0 ? null : DecodePrevious(Operation, previous));
        RequireSignatures();
    }

    /// <summary>The operation. Never change it.</summary>
    public Operation Operation { get; }

    /// <summary>The bytes that are signed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The operation id, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Id => _id;

    /// <summary>What the operation does, in lines of words that follow from its bytes.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How many signatures are needed: at least 1, by the word of whoever made the file.</summary>
    public int Threshold { get; }

    /// <summary>The keys that can sign, by the word of whoever made the file.</summary>
    public IReadOnlyList<VerificationMethod> Signers { get; }

    /// <summary>
    /// The keys of the second party that can approve, by the word of whoever made the file; none when the operation names no approver.
    /// </summary>
    public IReadOnlyList<VerificationMethod> Approvers { get; }

    /// <summary>The signatures made so far, those of the approver last: each verifies.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>Last moment at which the ledger may take the operation.</summary>
    public DateTimeOffset NotAfter =>
        Operation.NotAfter > Limits.ValidUntilMax
            ? DateTimeOffset.MaxValue
            : DateTimeOffset.FromUnixTimeSeconds((long)Operation.NotAfter);

    /// <summary>Makes a file without signatures.</summary>
    /// <param name="operation">The bytes to sign, as <see cref="OperationSigner.Complete"/> makes them.</param>
    /// <param name="previous">
    /// The operation that they name as the one before, as the ledger recorded it, so that the words can say what changes; empty: it is not
    /// at hand.
    /// </param>
    /// <param name="signers">
    /// The keys that can sign: the update keys of the document of the DID that acts, or its recovery keys. Of each, name, kind and public key
    /// are kept.
    /// </param>
    /// <param name="threshold">How many of them are needed.</param>
    /// <param name="approvers">The keys of the approver that the operation names; null: it names none, or none is known.</param>
    /// <exception cref="OperationFileException">The operation before is another one.</exception>
    /// <exception cref="RefusedException">The operation is wrong in form.</exception>
    public static OperationFile Create(
        ReadOnlySpan<byte> operation,
        ReadOnlySpan<byte> previous,
        IReadOnlyList<VerificationMethod> signers,
        int threshold,
        IReadOnlyList<VerificationMethod>? approvers = null
    )
    {
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        return new OperationFile(
            operation.ToArray(),
            previous.ToArray(),
            threshold,
            PublicOf(signers),
            PublicOf(approvers ?? []),
            []
        );
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="OperationFileException">It is not one, not whole, or says what does not follow from the bytes in it.</exception>
    /// <exception cref="RefusedException">The operation in it is wrong in form: no ledger would take it.</exception>
    public static OperationFile Parse(ReadOnlySpan<byte> file) => new Reader(file).Read();

    /// <summary>Writes the file.</summary>
    public byte[] ToBytes()
    {
        StringBuilder text = new();
        text.Append(Header).Append('\n');
        text.Append("id ").Append(Convert.ToHexStringLower(_id)).Append("\n\n");
        foreach (string line in Words)
        {
            text.Append("> ").Append(line).Append('\n');
        }
        text.Append("\noperation ").Append(Convert.ToBase64String(_bytes)).Append('\n');
        if (_previous.Length > 0)
        {
            text.Append("previous ").Append(Convert.ToBase64String(_previous)).Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"threshold {Threshold}\n");
        AppendKeys(text, "signer", Signers);
        AppendKeys(text, "approver", Approvers);
        foreach (Signature signature in Signatures)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(signature.ByApprover ? "approval" : "signature")} {signature.VerificationMethod} {Convert.ToBase64String(signature.Value.Span)}\n"
            );
        }
        text.Append("end\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Adds a signature: that of whoever acts, or that of the approver, as the operation names them.</summary>
    /// <param name="key">A key that can sign; the signature has the name that the file's list gives it.</param>
    /// <param name="did">
    /// The DID that signs with it, which matters when the key is one of both; null or another: whoever acts, if the key is one of theirs,
    /// and otherwise the approver.
    /// </param>
    /// <exception cref="OperationFileException">The key is none of those that can sign, or has signed already.</exception>
    public OperationFile Sign(SigningKey key, string? did = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        bool isApprover =
            Operation.Approver.Length > 0
            && (did == Operation.Approver || (did != Operation.Actor && Find(Signers, key) is null));
        VerificationMethod signer =
            Find(isApprover ? Approvers : Signers, key)
            ?? throw new OperationFileException(
                OperationFileProblem.NotASigner,
                $"The key {key.Fragment} is none of those that can {(isApprover ? "approve" : "sign")} this operation: {string.Join(", ", (isApprover ? Approvers : Signers).Select(static s => s.Fragment))}."
            );
        Signature signature = key.Sign(_bytes);
        signature.VerificationMethod = signer.Fragment;
        signature.ByApprover = isApprover;
        return Signatures.Any(s => s.VerificationMethod == signer.Fragment && s.ByApprover == isApprover)
            ? throw new OperationFileException(
                OperationFileProblem.SignedAlready,
                $"The key {signer.Fragment} has signed this operation already."
            )
            : With([.. Signatures, signature]);
    }

    /// <summary>Joins what was signed on different machines at the same time: the signatures of both.</summary>
    /// <param name="other">A file with the same operation.</param>
    /// <exception cref="OperationFileException">It holds another operation.</exception>
    public OperationFile Merge(OperationFile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other._bytes.AsSpan().SequenceEqual(_bytes)
            ? With([
                .. Signatures
                    .Concat(other.Signatures)
                    .DistinctBy(static s => (s.ByApprover, s.VerificationMethod))
                    .OrderBy(static s => s.VerificationMethod, StringComparer.Ordinal),
            ])
            : throw new OperationFileException(
                OperationFileProblem.DifferentOperation,
                $"The files hold different operations, {Convert.ToHexStringLower(_id)} and {Convert.ToHexStringLower(other._id)}."
            );
    }

    /// <summary>The operation as it is submitted.</summary>
    /// <param name="origin">Origin of the ledger that it is submitted to.</param>
    /// <exception cref="RefusedException">It is meant for another ledger, or has no signature or too many.</exception>
    public PreparedOperation ToOperation(string origin)
    {
        SignedOperation signed = new() { Operation = UnsafeByteOperations.UnsafeWrap(_bytes) };
        signed.Signatures.AddRange(Signatures);
        return PreparedOperation.From(signed, origin);
    }

    // The approver's come last, as the ledger asks.
    private OperationFile With(IReadOnlyList<Signature> signatures) =>
        new(
            _bytes,
            _previous,
            Threshold,
            Signers,
            Approvers,
            [.. signatures.Where(static s => !s.ByApprover), .. signatures.Where(static s => s.ByApprover)]
        );

    private static VerificationMethod? Find(IReadOnlyList<VerificationMethod> keys, SigningKey key) =>
        keys.FirstOrDefault(k => k.Type == key.Type && k.PublicKey.Span.SequenceEqual(key.PublicKey.Span));

    private static VerificationMethod[] PublicOf(IReadOnlyList<VerificationMethod> keys) =>
        [
            .. keys.Select(static key => new VerificationMethod
            {
                Fragment = key.Fragment,
                Type = key.Type,
                PublicKey = key.PublicKey,
            }),
        ];

    private static void AppendKeys(StringBuilder text, string label, IReadOnlyList<VerificationMethod> keys)
    {
        foreach (VerificationMethod key in keys)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{label} {key.Fragment} {TypeName(key.Type)} {Convert.ToBase64String(key.PublicKey.Span)}\n"
            );
        }
    }

    private static Operation Decode(byte[] bytes)
    {
        Judgement form = OperationCodec.DecodeUnsigned(bytes, origin: null, out Operation? operation);
        return form.IsOk ? operation! : throw new RefusedException(form);
    }

    private static Operation DecodePrevious(Operation operation, byte[] previous)
    {
        Span<byte> id = stackalloc byte[Limits.HashBytes];
        OperationCodec.ComputeId(previous, id);
        return
            OperationWords.PreviousOf(operation).Span.SequenceEqual(id)
            && OperationCodec.DecodeUnsigned(previous, operation.Ledger, out Operation? before).IsOk
            ? before!
            : throw new OperationFileException(
                OperationFileProblem.Changed,
                "The operation that the file gives as the one before is not the one that is named in what is signed: the file was changed."
            );
    }

    // A signature that names no signer cannot be judged here, and there is no such signature in a file that this class wrote.
    private void RequireSignatures()
    {
        foreach (Signature signature in Signatures)
        {
            VerificationMethod? signer = (signature.ByApprover ? Approvers : Signers).FirstOrDefault(s =>
                s.Fragment == signature.VerificationMethod
            );
            if (signer is null || !SignatureCheck.Verifies(signer, _bytes, signature.Value.Span))
            {
                throw new OperationFileException(
                    OperationFileProblem.BadSignature,
                    $"The signature of {signature.VerificationMethod} is not one of this operation by a key that can sign it: the file was changed."
                );
            }
        }
    }

    private static string TypeName(KeyType type) => type.ToString().ToLowerInvariant();

    private ref struct Reader
    {
        private readonly string[] _lines;
        private int _next;

        public Reader(ReadOnlySpan<byte> file)
        {
            if (file.Length > BytesMax)
            {
                throw Malformed("it is too large");
            }
            try
            {
                // Some programs put a byte-order mark before what they save, and end lines as their system does.
                string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file).TrimStart('\uFEFF');
                _lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
            }
            catch (DecoderFallbackException)
            {
                throw Malformed("it is not text in UTF-8");
            }
        }

        public OperationFile Read()
        {
            RequireHeader();
            RequireEnd();
            string id = Word("id");
            Blank();
            List<string> words = [];
            while (Peek().StartsWith("> ", StringComparison.Ordinal))
            {
                words.Add(Take()[2..]);
            }
            Blank();
            byte[] operation = Bytes(Word("operation"));
            byte[] previous = Is("previous") ? Bytes(Word("previous")) : [];
            if (!DecimalText.TryParse(Word("threshold"), out long threshold) || threshold > int.MaxValue)
            {
                throw Malformed("its threshold is not a number");
            }
            List<VerificationMethod> signers = Signers("signer");
            List<VerificationMethod> approvers = Signers("approver");
            List<Signature> signatures = [];
            AddSignatures("signature", signatures, byApprover: false);
            AddSignatures("approval", signatures, byApprover: true);
            Take();
            if (_next != _lines.Length)
            {
                throw Malformed($"line {_next} is not one that belongs there");
            }
            if (signatures.DistinctBy(static s => (s.ByApprover, s.VerificationMethod)).Count() != signatures.Count)
            {
                throw new OperationFileException(
                    OperationFileProblem.SignedAlready,
                    "The file holds two signatures by one key."
                );
            }
            RequireId(id, operation);
            OperationFile file = new(operation, previous, Math.Max((int)threshold, 1), signers, approvers, signatures);
            return file.Words.SequenceEqual(words)
                ? file
                : throw new OperationFileException(
                    OperationFileProblem.Changed,
                    "What the file says in words does not follow from the bytes that would be signed: one of them was changed. Do not sign it."
                );
        }

        private List<VerificationMethod> Signers(string label)
        {
            List<VerificationMethod> signers = [];
            while (Is(label) && signers.Count < SignersMax)
            {
                signers.Add(Signer(Word(label)));
                if (signers.DistinctBy(static s => s.Fragment).Count() != signers.Count)
                {
                    throw Malformed($"line {_next} names a signer a second time");
                }
            }
            return signers;
        }

        private void AddSignatures(string label, List<Signature> signatures, bool byApprover)
        {
            while (Is(label) && signatures.Count < Limits.SignaturesMax)
            {
                Signature signature = Signature(Word(label));
                signature.ByApprover = byApprover;
                signatures.Add(signature);
            }
        }

        private void RequireHeader()
        {
            string header = Take();
            if (header == Header)
            {
                return;
            }
            throw header.StartsWith(Name + "@", StringComparison.Ordinal)
                ? new OperationFileException(
                    OperationFileProblem.UnknownVersion,
                    $"The file is of the version {DidWords.Text(header[(Name.Length + 1)..])}, and this program knows v1. Update it."
                )
                : Malformed($"its first line is not {Header}");
        }

        // So that no line is missing, and none of those that are read is half of what it was.
        private readonly void RequireEnd()
        {
            if (_lines[^1] != "end")
            {
                throw new OperationFileException(
                    OperationFileProblem.Truncated,
                    "The file stops before its end: get it again, whole."
                );
            }
        }

        private static void RequireId(string id, byte[] operation)
        {
            byte[] computed = new byte[Limits.HashBytes];
            OperationCodec.ComputeId(operation, computed);
            if (id != Convert.ToHexStringLower(computed))
            {
                throw new OperationFileException(
                    OperationFileProblem.Changed,
                    "The operation in the file does not have the id that the file names: one of them was changed."
                );
            }
        }

        private readonly string Peek() => _lines[_next];

        private string Take() => _lines[_next++];

        private void Blank()
        {
            if (Take().Length > 0)
            {
                throw Malformed($"line {_next} is not empty");
            }
        }

        private readonly bool Is(string label) => Peek().StartsWith(label + " ", StringComparison.Ordinal);

        private string Word(string label)
        {
            string line = Take();
            return line.StartsWith(label + " ", StringComparison.Ordinal)
                ? line[(label.Length + 1)..]
                : throw Malformed($"line {_next} is not the {label}");
        }

        private readonly byte[] Bytes(string base64)
        {
            byte[] bytes = new byte[base64.Length];
            return
                Convert.TryFromBase64String(base64, bytes, out int count)
                && Convert.ToBase64String(bytes, 0, count) == base64
                ? bytes[..count]
                : throw Malformed($"line {_next} is not base64");
        }

        private readonly VerificationMethod Signer(string text)
        {
            string[] parts = text.Split(' ');
            return
                parts.Length == 3
                && DidSyntax.IsFragment(parts[0])
                && Enum.GetValues<KeyType>().FirstOrDefault(t => TypeName(t) == parts[1]) is { } type
                && type is not (KeyType.Unspecified or KeyType.Multikey)
                ? new VerificationMethod
                {
                    Fragment = parts[0],
                    Type = type,
                    PublicKey = ByteString.CopyFrom(Bytes(parts[2])),
                }
                : throw Malformed($"line {_next} is not a signer");
        }

        private readonly Signature Signature(string text)
        {
            string[] parts = text.Split(' ');
            return parts.Length == 2 && DidSyntax.IsFragment(parts[0])
                ? new Signature { VerificationMethod = parts[0], Value = ByteString.CopyFrom(Bytes(parts[1])) }
                : throw Malformed($"line {_next} is not a signature");
        }

        private static OperationFileException Malformed(string problem) =>
            new(OperationFileProblem.Malformed, $"This is not a file with an operation: {problem}.");
    }
}
