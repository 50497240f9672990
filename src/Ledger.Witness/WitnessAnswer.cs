using System.Globalization;
using System.Text;
using Ledger.Protocol;

namespace Ledger.Witness;

/// <summary>An answer of a witness, as HTTP has it (C2SP tlog-witness 1.0.0).</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">Media type of the body.</param>
/// <param name="Text">The body.</param>
public sealed record WitnessAnswer(int Status, string ContentType, string Text)
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The body, UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; } = Encoding.UTF8.GetBytes(Text);

    // 200: a line of each key.
    internal static WitnessAnswer Cosigned(string lines) => new(200, PlainText, lines);

    // 400: the request is not one, or contradicts itself.
    internal static WitnessAnswer Malformed(string problem) => new(400, PlainText, $"{problem}\n");

    // 403: no key that is trusted for this origin signed.
    internal static WitnessAnswer NotSigned(string problem) => new(403, PlainText, $"{problem}\n");

    // 404: an origin that this witness knows nothing of.
    internal static WitnessAnswer UnknownLog() => new(404, PlainText, "this witness does not know the origin\n");

    // 409: the log goes on from another size, or has shown two trees of one size. Either way the body is the size.
    internal static WitnessAnswer LastIs(long size) =>
        new(409, AddCheckpointRequest.SizeContentType, size.ToString(CultureInfo.InvariantCulture) + "\n");

    // 422: what was cosigned last is no prefix of this.
    internal static WitnessAnswer NotConsistent() =>
        new(422, PlainText, "the proof does not show that the tree continues the one that was cosigned last\n");

    // 429: requests for this log wait already.
    internal static WitnessAnswer Overloaded() =>
        new(429, PlainText, "other requests for this log are under way, try again later\n");
}
