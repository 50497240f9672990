using System.Text.Json.Nodes;
using Ledger.Node;

namespace Ledger.Cli;

/// <summary>The one line that says that a node is ready, and where.</summary>
internal static class ReadyLine
{
    /// <summary>Writes it to standard output.</summary>
    public static void Write(Output output, LedgerNode node)
    {
        string address = node.Address.GetLeftPart(UriPartial.Authority);
        string? http = node.HttpAddress?.GetLeftPart(UriPartial.Authority);
        if (output.IsJson)
        {
            output.Result(
                new JsonObject
                {
                    ["address"] = address,
                    ["listen"] = node.EndPoint.ToString(),
                    ["http"] = http,
                    ["log_key"] = node.Ledger.LogKey.ToString(),
                    ["size"] = node.Ledger.Head.Size,
                    ["process"] = Environment.ProcessId,
                }
            );
        }
        else
        {
            bool isElsewhere = node.EndPoint.ToString() != node.Address.Authority;
            Console.Out.WriteLine(
                $"ready {address} {node.Ledger.LogKey} size {node.Ledger.Head.Size}"
                    + (isElsewhere ? $" listens at {node.EndPoint}" : "")
                    + (http is null ? "" : $" http {http}")
            );
        }
    }
}
