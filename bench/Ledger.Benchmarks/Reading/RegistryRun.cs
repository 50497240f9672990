using System.Diagnostics;
using System.Globalization;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Benchmarks.Reading;

/// <summary>
/// What it takes to list an owner's tokens by how many there are, to page through the history of a token by how long it is, and to
/// ask whether a transfer would be allowed, beside the resolution of a DID: on a real store, which is filled through the ledger's own
/// way in. The questions take turns.
/// </summary>
public static class RegistryRun
{
    internal const string Pilot = "pilot";
    private const string Class = "class";
    private const string Given = "given";
    private const int CallOperations = 100;

    /// <summary>Asks every question and writes a table: microseconds an answer, and how many times that of the smallest.</summary>
    /// <param name="few">How many tokens one owner has.</param>
    /// <param name="many">How many another has.</param>
    /// <param name="transfers">How often one token was given.</param>
    /// <param name="output">Where the table goes.</param>
    public static async Task<IReadOnlyList<ReadingCase>> RunAsync(int few, int many, int transfers, TextWriter output)
    {
        await using BenchLedger bench = new();
        List<ReadingCase> cases = await FillAsync(bench, few, many, transfers);
        ReadingCase.Measure(cases);
        output.WriteLine("| question | of | median us | of the smallest |");
        output.WriteLine("|---|---:|---:|---:|");
        foreach (IGrouping<string, ReadingCase> question in cases.GroupBy(asked => asked.Question))
        {
            double smallest = question.First().MedianUs;
            foreach (ReadingCase asked in question)
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {asked.Question} | {asked.Of:N0} | {asked.MedianUs:0.0} | {asked.MedianUs / smallest:0.00} |"
                    )
                );
            }
        }

        return cases;
    }

    private static async Task<List<ReadingCase>> FillAsync(BenchLedger bench, int few, int many, int transfers)
    {
        string supervisor = await bench.FoundAsync();
        string sponsor = await bench.CreatePartyAsync();
        string issuer = await bench.CreatePartyAsync();
        string poor = await bench.CreatePartyAsync();
        string rich = await bench.CreatePartyAsync();
        await bench.SubmitAsync([
            By(supervisor, PilotOperations.Admit(sponsor, Role.Sponsor)),
            By(supervisor, PilotOperations.Admit(issuer, Role.Issuer)),
            By(supervisor, PilotOperations.Admit(poor, Role.Participant)),
            By(supervisor, PilotOperations.Admit(rich, Role.Participant)),
        ]);
        await OpenPilotAsync(bench, supervisor, sponsor);
        await bench.SubmitAsync([
            By(issuer, PilotOperations.CreateClass(Class, Pilot)),
            By(issuer, PilotOperations.CreateClass(Given, Pilot)),
        ]);
        await MintAsync(bench, issuer, poor, few);
        await MintAsync(bench, issuer, rich, many);
        await bench.SubmitAsync([Mint(issuer, poor, "once"), Mint(issuer, poor, "often")]);
        await bench.SubmitAsync([Transfer(poor, rich, "once")]);
        for (int given = 0; given < transfers; given += CallOperations)
        {
            int some = Math.Min(CallOperations, transfers - given);
            await bench.SubmitAsync([
                .. Enumerable
                    .Range(given, some)
                    .Select(i => i % 2 == 0 ? Transfer(poor, rich, "often") : Transfer(rich, poor, "often")),
            ]);
        }

        await bench.ReopenAsync();
        string holder = transfers % 2 == 0 ? poor : rich;
        string other = transfers % 2 == 0 ? rich : poor;
        Transfer next = Transfer(holder, other, "often").Transfer;
        return
        [
            new($"a page of {few} tokens of an owner", few, _ => Tokens(bench, poor, few)),
            new($"a page of {few} tokens of an owner", many, _ => Tokens(bench, rich, few)),
            new("the first 2 versions of a token", 1, _ => History(bench, "once")),
            new("the first 2 versions of a token", transfers, _ => History(bench, "often")),
            new("resolve a DID", 1, _ => Resolve(bench, holder)),
            new("would a transfer be allowed", 1, _ => Check(bench, next)),
        ];
    }

    private static void Tokens(BenchLedger bench, string owner, int count)
    {
        using ReadView view = bench.Ledger.Read();
        Require(TokenQueries.ListTokens(view, owner, Class, (uint)count, "").Value.Items.Count == count);
    }

    private static void History(BenchLedger bench, string token)
    {
        using ReadView view = bench.Ledger.Read();
        Require(TokenQueries.ListHistory(view, Given, token, 2, "").Value.Items.Count == 2);
    }

    private static void Resolve(BenchLedger bench, string did)
    {
        using ReadView view = bench.Ledger.Read();
        Require(DidQueries.Resolve(view, did, VersionChoice.Newest, DateTimeOffset.UtcNow).IsOk);
    }

    private static void Check(BenchLedger bench, Transfer transfer)
    {
        using ReadView view = bench.Ledger.Read();
        Require(
            Ledger
                .Rules.TransferCheck.Judge(
                    view,
                    transfer,
                    transfer.FromDid,
                    Math.Max(view.Head.TimeMs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())
                )
                .IsOk
        );
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidOperationException("An answer was wrong.");
        }
    }

    private static async Task MintAsync(BenchLedger bench, string issuer, string owner, int count)
    {
        for (int minted = 0; minted < count; minted += Limits.MintItemsMax)
        {
            BatchMint mint = new() { ClassId = Class, Owner = owner };
            mint.Items.AddRange(
                Enumerable.Range(0, Math.Min(Limits.MintItemsMax, count - minted)).Select(_ => new MintItem())
            );
            await bench.SubmitAsync([new Operation { Actor = issuer, BatchMint = mint }]);
        }
    }

    private static Operation Mint(string issuer, string owner, string token) =>
        new()
        {
            Actor = issuer,
            Mint = new Mint
            {
                ClassId = Given,
                TokenId = token,
                Owner = owner,
            },
        };

    private static Operation Transfer(string from, string to, string token) =>
        By(from, PilotOperations.Transfer(Given, token, from, to));

    private static Operation By(string actor, Operation operation)
    {
        operation.Actor = actor;
        return operation;
    }

    // From the application over the shortest public notice to a pilot that runs.
    internal static async Task OpenPilotAsync(BenchLedger bench, string supervisor, string sponsor)
    {
        await SubmitAsync(PilotOperations.ApplyFor(Pilot, sponsor));
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        await SubmitAsync(PilotOperations.Start(Pilot));

        Task SubmitAsync((bool BySponsor, Operation Operation)[] steps) =>
            bench.SubmitAsync([.. steps.Select(step => By(step.BySponsor ? sponsor : supervisor, step.Operation))]);
    }
}

/// <summary>One question of <see cref="RegistryRun"/>.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Of">How many things there are, of which the answer shows some.</param>
/// <param name="Ask">Asks it.</param>
public sealed record ReadingCase(string Question, int Of, Action<int> Ask)
{
    private const int MeasuredRounds = 40;
    private const int CallsARound = 250;

    /// <summary>Microseconds an answer, round by round.</summary>
    public List<double> Rounds { get; } = [];

    /// <summary>The median of them.</summary>
    public double MedianUs => Rounds.Count == 0 ? double.NaN : Rounds.Order().ElementAt(Rounds.Count / 2);

    /// <summary>Asks all questions in turns, so that whatever the machine does meanwhile it does to all of them.</summary>
    public static void Measure(IReadOnlyList<ReadingCase> cases)
    {
        for (int round = -MeasuredRounds / 4; round < MeasuredRounds; round++)
        {
            foreach (ReadingCase asked in cases)
            {
                long start = Stopwatch.GetTimestamp();
                for (int call = 0; call < CallsARound; call++)
                {
                    asked.Ask(call);
                }

                if (round >= 0)
                {
                    asked.Rounds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / CallsARound);
                }
            }
        }
    }
}
