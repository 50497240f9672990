using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>What every refusal must look like to a caller.</summary>
internal static class Refusal
{
    /// <summary>Names of the reasons as the contract spells them.</summary>
    public static readonly IReadOnlyDictionary<ReasonCode, string> Names = ReasonReflection
        .Descriptor.EnumTypes.Single(e => e.Name == "ReasonCode")
        .Values.ToDictionary(v => (ReasonCode)v.Number, v => v.Name["REASON_CODE_".Length..]);

    // Nothing of the inside is any business of a caller.
    private static readonly string[] Forbidden =
    [
        "Exception",
        "   at ",
        ".cs:",
        "System.",
        "Grpc.",
        "/tmp",
        "/work",
        ".dll",
    ];

    /// <summary>Makes a call that must be refused, and checks the refusal.</summary>
    public static async Task<RpcException> Of<T>(AsyncUnaryCall<T> call, StatusCode status, ReasonCode reason)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Check(error, status, reason);
        return error;
    }

    /// <summary>Checks a refusal: its status, its reason by number and name, and a message that says what to do.</summary>
    public static void Check(RpcException error, StatusCode status, ReasonCode reason)
    {
        string trailer = error.Trailers.GetValue("ledger-reason") ?? $"none; {error.Status}\n{error}";
        Assert.True($"{(int)reason} {Names[reason]}" == trailer, $"{reason} expected, not {trailer}");
        Assert.Equal(status, error.StatusCode);
        CheckText(error.Status.Detail, reason);
    }

    /// <summary>Checks that a refusal is a typed one, whichever it is.</summary>
    /// <returns>Its reason.</returns>
    public static ReasonCode CheckTyped(RpcException error)
    {
        string trailer = error.Trailers.GetValue("ledger-reason") ?? "";
        ReasonCode reason = Names.SingleOrDefault(n => $"{(int)n.Key} {n.Value}" == trailer).Key;
        Assert.True(reason != ReasonCode.Applied, $"not typed: {error.Status}, '{trailer}'");
        CheckText(error.Status.Detail, reason);
        return reason;
    }

    /// <summary>Checks the message of a refusal.</summary>
    public static void CheckText(string text, ReasonCode reason)
    {
        Assert.StartsWith($"{Names[reason]} ({(int)reason}): ", text, StringComparison.Ordinal);
        Assert.EndsWith(" " + Reasons.Advice(reason), text, StringComparison.Ordinal);
        Assert.All(Forbidden, word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
        Assert.All(text, c => Assert.InRange(c, ' ', '~'));
    }

    /// <summary>The receipt in a refusal's trailer; null when there is none.</summary>
    public static Receipt? ReceiptIn(RpcException error) =>
        error.Trailers.GetValueBytes("ledger-receipt-bin") is { } bytes ? Receipt.Parser.ParseFrom(bytes) : null;
}
