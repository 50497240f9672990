using System.Text;

namespace Ledger.Cli;

/// <summary>
/// Files of text that a person made, with whatever editor: UTF-8 with or without a byte-order mark, lines that end as on any system.
/// Bytes that are not UTF-8 are refused, and never replaced.
/// </summary>
internal static class TextFile
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads a file's lines.</summary>
    /// <exception cref="CommandFailure">It is not UTF-8.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path, Strict);
        }
        catch (DecoderFallbackException e)
        {
            throw CommandFailure.Unreachable($"{path} is not a file of text in UTF-8.", e);
        }
    }

    /// <summary>Reads a file that holds one line, without the blanks around it.</summary>
    /// <returns>The line; null when there is none, or more than one.</returns>
    /// <exception cref="CommandFailure">It is not UTF-8.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? ReadOneLine(string path) =>
        ReadLines(path).Select(static line => line.Trim()).Where(static line => line.Length > 0).ToArray()
            is [string only]
            ? only
            : null;
}
