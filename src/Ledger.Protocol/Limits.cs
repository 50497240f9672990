using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>Every bound on what an outsider sends and on what is stored, in one place.</summary>
public static class Limits
{
    /// <summary>Largest entry, in bytes: C2SP entry bundles give a length 16 bits.</summary>
    public const int EntryBytesMax = 65_535;

    /// <summary>Largest encoded operation, in bytes. What an entry adds to it fits beside it, see <see cref="Check"/>.</summary>
    public const int OperationBytesMax = 61_440;

    /// <summary>Most signatures on one operation.</summary>
    public const int SignaturesMax = 8;

    /// <summary>Length of every signature, in bytes.</summary>
    public const int SignatureBytes = 64;

    /// <summary>Length of an operation id and of every hash, in bytes.</summary>
    public const int HashBytes = 32;

    /// <summary>Length of an operation's nonce, in bytes.</summary>
    public const int NonceBytes = 16;

    /// <summary>How far away an operation's deadline may be, in seconds: 30 days.</summary>
    public const long NotAfterSecondsMax = 30L * 24 * 60 * 60;

    /// <summary>Longest fragment of a verification method or service, in characters.</summary>
    public const int FragmentLengthMax = 32;

    /// <summary>Longest network name, in characters.</summary>
    public const int NetworkLengthMax = 32;

    /// <summary>Longest origin, in bytes: it also names the log's key.</summary>
    public const int OriginBytesMax = 128;

    /// <summary>Most verification methods in a DID document.</summary>
    public const int VerificationMethodsMax = 16;

    /// <summary>Longest public key of a kind that has no type of its own, in bytes, with the code of its kind.</summary>
    public const int MultikeyBytesMax = 2_048;

    /// <summary>Latest moment that a key may be said to be valid until, Unix seconds: the end of the year 9999.</summary>
    public const ulong ValidUntilMax = 253_402_300_799;

    /// <summary>Most recovery keys of a DID.</summary>
    public const int RecoveryKeysMax = 8;

    /// <summary>How long a change of a recovery policy is pending when nothing else was said, in seconds: 72 hours.</summary>
    public const uint RecoveryDelaySecondsDefault = 3 * 24 * 60 * 60;

    /// <summary>How long a change of a policy is pending, in seconds.</summary>
    public static uint RecoveryDelaySeconds(RecoveryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.DelaySeconds == 0 ? RecoveryDelaySecondsDefault : policy.DelaySeconds;
    }

    /// <summary>Longest such delay, in seconds: 90 days.</summary>
    public const uint RecoveryDelaySecondsMax = 90 * 24 * 60 * 60;

    /// <summary>How often a DID may be changed on a ledger that has said nothing. A new message each time.</summary>
    public static DidQuota UsualDidQuota =>
        new()
        {
            PerHour = 10,
            PerDay = 30,
            PerWeek = 100,
        };

    /// <summary>Largest limit of a DID's quota.</summary>
    public const uint DidQuotaMax = 1_000;

    /// <summary>Most DIDs that are looked at for a chain of controllers that leads back.</summary>
    public const int ControllerChainMax = 64;

    /// <summary>Most controllers of a DID.</summary>
    public const int ControllersMax = 8;

    /// <summary>Most services in a DID document.</summary>
    public const int ServicesMax = 16;

    /// <summary>Most aliases in a DID document.</summary>
    public const int AliasesMax = 8;

    /// <summary>Longest alias, in bytes.</summary>
    public const int AliasBytesMax = 256;

    /// <summary>Longest type of a service, in characters.</summary>
    public const int ServiceTypeLengthMax = 64;

    /// <summary>Longest URI of a service or of a token's content, in bytes.</summary>
    public const int UriBytesMax = 512;

    /// <summary>Longest title of a pilot or name of a class, in bytes.</summary>
    public const int TitleBytesMax = 256;

    /// <summary>Longest identifier of a pilot or class, in characters.</summary>
    public const int IdLengthMax = 64;

    /// <summary>Longest identifier of a token, in characters.</summary>
    public const int TokenIdLengthMax = 128;

    /// <summary>Longest media type, in characters.</summary>
    public const int MediaTypeLengthMax = 127;

    /// <summary>Largest maximum supply of a class.</summary>
    public const ulong SupplyMax = 1_000_000_000_000;

    /// <summary>Most tokens minted by one operation.</summary>
    public const int MintItemsMax = 1_000;

    /// <summary>Most steps of a group.</summary>
    public const int GroupStepsMax = 100;

    /// <summary>Longest number of an order, in characters.</summary>
    public const int OrderNumberLengthMax = 64;

    /// <summary>Longest legal basis of an order, in characters.</summary>
    public const int LegalBasisLengthMax = 128;

    /// <summary>Longest region or district, in characters.</summary>
    public const int RegionLengthMax = 12;

    /// <summary>Most regions that one boundary or rule names.</summary>
    public const int RegionsMax = 64;

    /// <summary>Most fields of a pilot.</summary>
    public const int PilotFieldsMax = 16;

    /// <summary>Most supervisors, and most auditors, that a pilot names.</summary>
    public const int PilotPartiesMax = 8;

    /// <summary>Longest window for objections, in seconds: 365 days.</summary>
    public const uint ObjectionSecondsMax = 365 * 24 * 60 * 60;

    /// <summary>Largest amount of a tranche, in fen.</summary>
    public const ulong AmountFenMax = 1_000_000_000_000;

    /// <summary>Most rules of a policy, those that hold others included.</summary>
    public const int PolicyRulesMax = 64;

    /// <summary>How deep the rules of a policy may lie in each other.</summary>
    public const int PolicyDepthMax = 8;

    /// <summary>Most DIDs that one rule of a policy names.</summary>
    public const int PolicyDidsMax = 64;

    /// <summary>Longest hold that a policy asks for, in seconds: 3,650 days.</summary>
    public const ulong HoldSecondsMax = 3_650UL * 24 * 60 * 60;

    /// <summary>Longest path of a rule of a policy, in characters.</summary>
    public const int RulePathLengthMax = 256;

    /// <summary>Most operations in one <c>SubmitBatch</c> call.</summary>
    public const int SubmitBatchMax = 1_000;

    /// <summary>Largest gRPC message, in bytes, after decompression.</summary>
    public const int MessageBytesMax = 4 * 1024 * 1024;

    /// <summary>Most items on one page of a list.</summary>
    public const int PageSizeMax = 1_000;

    /// <summary>Items on a page when the caller names no number.</summary>
    public const int PageSizeDefault = 100;

    /// <summary>Longest page token, in characters.</summary>
    public const int PageTokenLengthMax = 1_024;

    /// <summary>Most hashes in an inclusion or consistency proof: a tree of 2^63 leaves needs no more.</summary>
    public const int ProofHashesMax = 64;

    /// <summary>Most signature lines read from a signed note (C2SP asks for at least 16).</summary>
    public const int NoteSignaturesMax = 64;

    /// <summary>
    /// Largest signed note, in bytes: the signatures of 16 keys fit, which C2SP says may have nearly 5,000 bytes each once they are
    /// safe from quantum computers.
    /// </summary>
    public const int NoteBytesMax = 128 * 1024;

    /// <summary>Largest proof bundle, in bytes: a checkpoint, a full proof and an entry in base64 fit.</summary>
    public const int ProofBundleBytesMax = 256 * 1024;

    /// <summary>Longest base64 of a verifier key, in characters.</summary>
    public const int VerifierKeyCharactersMax = 8 * 1024;

    /// <summary>Longest name of a witness, in bytes: cosignatures of type 0x06 give its length one byte.</summary>
    public const int WitnessNameBytesMax = 255;

    /// <summary>Most witnesses, most logs and most groups in a policy.</summary>
    public const int PolicyLinesMax = 32;

    /// <summary>Largest policy file, in bytes.</summary>
    public const int PolicyBytesMax = 512 * 1024;

    /// <summary>Most hashes that a log may send to a witness (C2SP tlog-witness).</summary>
    public const int WitnessProofHashesMax = 63;

    /// <summary>Most requests for one log that wait for each other at a witness. Beyond it the log is told to come back.</summary>
    public const int WitnessRequestsMax = 16;

    /// <summary>Largest request to a witness, in bytes: the size, the proof, an empty line and a note.</summary>
    public const int WitnessRequestBytesMax = 32 + WitnessProofHashesMax * 45 + NoteBytesMax;

    /// <summary>Largest answer of a witness, in bytes.</summary>
    public const int WitnessAnswerBytesMax = NoteBytesMax;

    /// <summary>Longest key of a record, in bytes: three DIDs and what is between them fit.</summary>
    public const int StateKeyBytesMax = 512;

    /// <summary>Most records whose proofs are asked for at once.</summary>
    public const int RecordProofsMax = 100;

    /// <summary>Largest bundle that proves a record, in bytes: a record of the size of an operation, and then some, fits.</summary>
    public const int RecordBundleBytesMax = 512 * 1024;

    /// <summary>Most operations in one batch of the log.</summary>
    public const int BatchOperationsMax = 4_096;

    /// <summary>Most bytes of operations in one batch of the log. An operation that is alone is taken whatever its length.</summary>
    public const int BatchBytesMax = 1024 * 1024;

    /// <summary>
    /// What a row that an operation writes weighs, in bytes: an operation weighs as much as its bytes or as its rows, whichever is
    /// more, and a batch ends at a weight of <see cref="BatchBytesMax"/>.
    /// </summary>
    public const int RowWeight = 64;

    /// <summary>
    /// Most weight that one call may have under way, in bytes: what comes after it waits in the call, so that one caller's work
    /// never stands before everyone else's.
    /// </summary>
    public const int CallWeightMax = 4 * BatchBytesMax;

    /// <summary>Most operations that wait for their turn. Beyond it callers are told to come back.</summary>
    public const int PoolOperationsMax = 16_384;

    /// <summary>Most bytes of operations that wait for their turn, likewise. Parsed, they are some ten times that.</summary>
    public const long PoolBytesMax = 64L * 1024 * 1024;

    /// <summary>
    /// Most bytes of a verdict: the version of a policy for each step of a group, the path of a rule, and two numbers.
    /// </summary>
    public const int VerdictBytesMax = 64 + 10 * GroupStepsMax + RulePathLengthMax;

    /// <summary>
    /// Most bytes that an entry adds to its operation: index, time, outcome and lengths, for each signature its name, its
    /// value and their lengths, and the verdict.
    /// </summary>
    public const int EntryOverheadBytesMax =
        64 + SignaturesMax * (SignatureBytes + FragmentLengthMax + 10) + VerdictBytesMax;

    /// <summary>Asserts how the limits depend on each other, in every build.</summary>
    /// <exception cref="InvalidOperationException">One of them was changed without another.</exception>
    public static void Check()
    {
        Require(OperationBytesMax + EntryOverheadBytesMax <= EntryBytesMax, "an operation must fit in an entry");
        Require(OperationBytesMax <= BatchBytesMax, "an operation must fit in a batch");
        Require(
            NoteBytesMax + (EntryBytesMax + 2) / 3 * 4 + ProofHashesMax * 45 + 256 <= ProofBundleBytesMax,
            "a proof with the entry beside it must fit in a bundle"
        );
        Require(16 * (5_000 / 3 * 4 + 64) <= NoteBytesMax, "a note must have room for 16 signatures of any kind");
        Require(
            PolicyLinesMax < NoteSignaturesMax,
            "the cosignatures of a policy must fit on a note, with the log's own"
        );
        Require(BatchOperationsMax <= PoolOperationsMax, "a batch must fit in the pool");
        Require(MessageBytesMax <= PoolBytesMax, "the largest message must fit in the pool");
        Require(BatchBytesMax <= CallWeightMax, "one call must be able to fill a batch");
        Require(OperationBytesMax <= CallWeightMax, "an operation must fit in a call");
        Require(SubmitBatchMax <= PoolOperationsMax, "a call's operations must fit in the pool");
        Require(PageSizeDefault <= PageSizeMax, "the default page must be allowed");
    }

    private static void Require(bool holds, string relation)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Limits: {relation}.");
        }
    }
}
