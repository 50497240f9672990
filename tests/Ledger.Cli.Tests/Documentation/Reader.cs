using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Ledger.Cli.Tests.Documentation;

/// <summary>
/// Someone new who types what a page says, in its order, with a home and a working folder of their own. What they type is the text of
/// the page but for one thing: the node takes any free ports, so the addresses that it has by default are replaced by its own.
/// </summary>
internal sealed partial class Reader : IAsyncDisposable
{
    private const string DefaultAddress = "127.0.0.1:7400";
    private const string DefaultHttpAddress = "127.0.0.1:7480";
    private const string EndOfLine = "--- line ended with";

    private static readonly string[] ImplicitUsings =
    [
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly LedgerProcess _shell;
    private LedgerProcess? _node;
    private string _address = DefaultAddress;
    private string _httpAddress = DefaultHttpAddress;

    public Reader() => _shell = LedgerProcess.StartShell(_folder, []);

    /// <summary>Does what a block says. A line that does not end as the page says fails the test.</summary>
    public async Task FollowAsync(Block block)
    {
        if (block.Kind == "csharp")
        {
            await RunProgramAsync(block);
            return;
        }

        foreach (string line in Commands(block))
        {
            string place = $"{block.Place}: {line}";
            if (line.StartsWith("ledger serve ", StringComparison.Ordinal))
            {
                await ServeAsync(place, line);
            }
            else if (line.StartsWith('#'))
            {
                Assert.True(line.Contains("Ctrl-C", StringComparison.Ordinal), $"{place}\nonly a reader can do that");
                await InterruptAsync(place);
            }
            else
            {
                await TypeAsync(place, line);
            }
        }
    }

    // Each line is one, but for a function: that ends with a line of its own.
    private static IEnumerable<string> Commands(Block block)
    {
        string function = "";
        foreach (string line in block.Lines.Where(static line => line.Length > 0))
        {
            if (line.EndsWith("() {", StringComparison.Ordinal) || (function.Length > 0 && line != "}"))
            {
                function += line + "\n";
                continue;
            }

            yield return function + line;
            function = "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        await _shell.DisposeAsync();
        _folder.Dispose();
    }

    // In a terminal of its own, until the node says that it is ready.
    private async Task ServeAsync(string place, string line)
    {
        Assert.True(_node is null, $"{place}\na node runs already");
        _node = LedgerProcess.StartShell(
            _folder,
            new Dictionary<string, string> { ["LEDGER_LISTEN"] = "127.0.0.1:0", ["LEDGER_HTTP"] = "127.0.0.1:0" }
        );
        await _node.Input.WriteLineAsync("exec " + line);
        _node.Input.Close();
        string? ready = await _node.Output.ReadLineAsync();
        Assert.True(ready?.StartsWith("ready http://", StringComparison.Ordinal) == true, $"{place}\n{ready}");
        _address = new Uri(ready.Split(' ')[1]).Authority;
        _httpAddress = new Uri(ready.Split(' ')[^1]).Authority;
        await TypeAsync(place, $"export LEDGER_NODE={_address}");
    }

    private async Task InterruptAsync(string place)
    {
        Assert.True(_node is not null, $"{place}\nno node runs");
        _node.Signal("INT");
        Assert.Equal(ExitCodes.Done, (await _node.EndAsync()).ExitCode);
        await _node.DisposeAsync();
        _node = null;
    }

    private async Task TypeAsync(string place, string line)
    {
        await _shell.Input.WriteLineAsync(
            $$"""
            { {{line.Replace(DefaultAddress, _address, StringComparison.Ordinal)
                .Replace(DefaultHttpAddress, _httpAddress, StringComparison.Ordinal)}}
            } < /dev/null 2>&1
            echo "{{EndOfLine}} $?"
            """
        );
        await _shell.Input.FlushAsync();
        List<string> output = [];
        while (await _shell.Output.ReadLineAsync() is { } said)
        {
            if (!said.StartsWith(EndOfLine, StringComparison.Ordinal))
            {
                output.Add(said);
                continue;
            }

            string all = string.Join('\n', output);
            string reason = Refused().Match(line).Groups[1].Value;
            int expected = reason.Length == 0 ? ExitCodes.Done : ExitCodes.Refused;
            Assert.True(said == $"{EndOfLine} {expected}", $"{place}\n{all}\n{said}, not {expected}");
            Assert.True(all.Contains(reason, StringComparison.Ordinal), $"{place}\n{all}\nwhere is {reason}?");
            return;
        }

        Assert.Fail($"{place}\n{string.Join('\n', output)}\nthe shell ended");
    }

    // As a project of `dotnet new console` would be compiled, with what it references beside it; but offline.
    private async Task RunProgramAsync(Block block)
    {
        string framework = RuntimeEnvironment.GetRuntimeDirectory();
        string dotnet = Path.GetFullPath(Path.Combine(framework, "../../.."));
        string compiler = Directory
            .GetFiles(Path.Combine(dotnet, "sdk"), "csc.dll", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Last();
        string program = Directory.CreateDirectory(_folder["program"]).FullName;
        string text = string.Join('\n', block.Lines).Replace(DefaultAddress, _address, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(program, "Program.cs"), $"#line 1 \"{block.Place}\"\n{text}\n");
        File.WriteAllLines(
            Path.Combine(program, "Usings.cs"),
            ImplicitUsings.Select(static name => $"global using {name};")
        );
        string[] referenced = Directory.GetFiles(AppContext.BaseDirectory, "*.dll");
        foreach (string assembly in referenced)
        {
            File.CreateSymbolicLink(Path.Combine(program, Path.GetFileName(assembly)), assembly);
        }

        string settings = Directory.GetFiles(AppContext.BaseDirectory, "*.Tests.runtimeconfig.json").Single();
        File.Copy(settings, Path.Combine(program, "hello.runtimeconfig.json"));
        IEnumerable<string> references = Directory
            .GetFiles(framework, "System*.dll")
            .Where(static path => !path.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Concat(referenced)
            .DistinctBy(Path.GetFileName)
            .Select(static path => $"-reference:\"{path}\"");
        File.WriteAllLines(Path.Combine(program, "references"), references);
        await TypeAsync(
            block.Place,
            $"'{dotnet}/dotnet' exec '{compiler}' -nologo -noconfig -nullable:enable -warnaserror -out:program/hello.dll "
                + "program/Program.cs program/Usings.cs @program/references"
        );
        await TypeAsync(block.Place, $"'{dotnet}/dotnet' program/hello.dll");
    }

    [GeneratedRegex("# refused: ([A-Z_]+)$")]
    private static partial Regex Refused();
}
