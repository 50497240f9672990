using System.Text.Json.Nodes;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>What a command asks of the ledger.</summary>
/// <param name="Body">The operation's body.</param>
/// <param name="Fields">The fields of the result that are the command's own.</param>
internal sealed record Asked(Operation Body, JsonObject Fields);
