using System.Collections;
using System.Text;
using QRCoder;

namespace Ledger.Cli;

/// <summary>A QR code in characters, two modules to a character, one above the other.</summary>
internal static class QrText
{
    // Black on white of the 256 colours, which no theme changes: scanners want dark on light, on dark terminals too.
    private const string BlackOnWhite = "\e[38;5;16;48;5;231m";
    private const string Usual = "\e[0m";

    /// <summary>Draws a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isTerminal">Whether colours can be set; otherwise it is drawn for dark letters on light ground, as paper is.</param>
    public static string Draw(string text, bool isTerminal)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        List<BitArray> rows = code.ModuleMatrix; // with the quiet zone of four modules around it
        StringBuilder drawn = new();
        for (int y = 0; y < rows.Count; y += 2)
        {
            drawn.Append(isTerminal ? BlackOnWhite : "");
            for (int x = 0; x < rows[y].Length; x++)
            {
                bool lower = y + 1 < rows.Count && rows[y + 1][x];
                drawn.Append(
                    (rows[y][x], lower) switch
                    {
                        (true, true) => '█',
                        (true, false) => '▀',
                        (false, true) => '▄',
                        _ => ' ',
                    }
                );
            }

            drawn.Append(isTerminal ? Usual : "").Append('\n');
        }

        return drawn.ToString();
    }
}
