using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// What each reason code is called, what it means, what to do about it and which gRPC status it has. Numbers and names are
/// stable; the rest may change.
/// </summary>
public static class Reasons
{
    private const string EnumPrefix = "REASON_CODE_";
    private const string StatusPrefix = "GRPC_STATUS_";

    // Everything stands in proto/ledger/v1/reason.proto, in the option of each value.
    private static readonly FrozenDictionary<ReasonCode, Row> Rows = ReasonReflection
        .Descriptor.EnumTypes.Single()
        .Values.ToFrozenDictionary(static value => (ReasonCode)value.Number, Read);

    private sealed record Row(string Name, ReasonOptions Options);

    /// <summary>Whether a number is a reason of this version of the protocol.</summary>
    /// <param name="reason">Any number.</param>
    public static bool IsDefined(ReasonCode reason) => Rows.ContainsKey(reason);

    /// <summary>The stable name of a reason, for example <c>STALE_PREVIOUS</c>.</summary>
    /// <param name="reason">Any number; the decimal number itself when this version does not know it.</param>
    public static string Name(ReasonCode reason) => Find(reason)?.Name ?? Number(reason);

    /// <summary>The gRPC status of a reason, under gRPC's own number.</summary>
    /// <param name="reason">A reason of this version.</param>
    /// <exception cref="ArgumentOutOfRangeException">This version does not know the reason.</exception>
    public static GrpcStatus Status(ReasonCode reason) =>
        Find(reason)?.Options.Status
        ?? throw new ArgumentOutOfRangeException(nameof(reason), reason, "This version does not know the reason.");

    /// <summary>What a reason means, in one sentence.</summary>
    /// <param name="reason">Any number.</param>
    public static string Meaning(ReasonCode reason) =>
        Find(reason)?.Options.Meaning ?? "This version does not know the reason.";

    /// <summary>What to do about a reason, in one sentence.</summary>
    /// <param name="reason">Any number.</param>
    public static string Advice(ReasonCode reason) =>
        Find(reason)?.Options.Advice ?? "Look it up in the documentation of the node's version.";

    /// <summary>
    /// All that a caller needs to know of a refusal, on one line: name, number, what exactly is wrong if that was said and
    /// what the reason means if not, and what to do. For example
    /// <c>INVALID_FIELD (7): mint.owner: must be a DID. Correct the field and sign again.</c>
    /// </summary>
    /// <param name="judgement">What a check found.</param>
    public static string Message(Judgement judgement)
    {
        string wrong = judgement.Detail.Length == 0 ? Meaning(judgement.Reason) : judgement.Detail + ".";
        return $"{Name(judgement.Reason)} ({Number(judgement.Reason)}): {wrong} {Advice(judgement.Reason)}";
    }

    /// <summary>Every reason as a table in Markdown: the documentation's page of reasons.</summary>
    public static string ToMarkdown()
    {
        StringBuilder page = new();
        page.Append("| number | name | gRPC status | what it means | what to do |\n|---|---|---|---|---|\n");
        EnumDescriptor statuses = OptionsReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(GrpcStatus));
        foreach (ReasonCode reason in Rows.Keys.Order())
        {
            string status = statuses.FindValueByNumber((int)Status(reason)).Name[StatusPrefix.Length..];
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {Number(reason)} | `{Name(reason)}` | `{status}` | {Meaning(reason)} | {Advice(reason)} |\n"
            );
        }
        return page.ToString();
    }

    private static Row Read(EnumValueDescriptor value) =>
        new(
            value.Name[EnumPrefix.Length..],
            value.GetOptions()?.GetExtension(OptionsExtensions.Reason)
                ?? throw new InvalidOperationException($"{value.Name} lacks the option (ledger.v1.reason).")
        );

    private static Row? Find(ReasonCode reason) => Rows.GetValueOrDefault(reason);

    private static string Number(ReasonCode reason) => ((int)reason).ToString(CultureInfo.InvariantCulture);
}
