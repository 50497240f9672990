using System.CommandLine;

namespace Ledger.Cli;

/// <summary>A command that does something, as against a group of them.</summary>
internal abstract class Verb : Command
{
    private readonly List<Option> _usual = [];

    /// <summary>Names a command.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="examples">Command lines that work, for the help.</param>
    protected Verb(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction((line, stop) => RunAsync(line, new Output(line.GetValue(SharedOptions.Json), stop), stop));
    }

    /// <summary>What the help says besides the one sentence; may be empty.</summary>
    public string Remarks { get; init; } = "";

    /// <summary>Command lines that work.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Adds options that many commands have: the help shows them after those of this command alone.</summary>
    public void AddUsual(params ReadOnlySpan<Option> options) => _usual.AddRange(options);

    /// <summary>Completes the command once it has its own options.</summary>
    public void Complete()
    {
        _usual.ForEach(Add);
        _usual.Clear();
    }

    /// <summary>Does it.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="stop">Signalled when the person wants it to end.</param>
    /// <returns>See <see cref="ExitCodes"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop);
}
