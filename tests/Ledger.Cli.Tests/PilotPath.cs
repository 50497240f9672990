using System.Globalization;

namespace Ledger.Cli.Tests;

/// <summary>The way of a pilot from a draft to the day on which it runs, command by command.</summary>
internal static class PilotPath
{
    /// <summary>Opens a pilot that runs.</summary>
    /// <param name="runAsync">Runs a command.</param>
    /// <param name="id">Its identifier.</param>
    /// <param name="sponsor">Name of its sponsor's key.</param>
    /// <param name="supervisor">Name of the supervisor's key.</param>
    public static async Task OpenAsync(
        Func<string[], Task<Ended>> runAsync,
        string id,
        string sponsor,
        string supervisor
    )
    {
        string hash = new('1', 64);
        string[] why = ["--evidence", hash, "--reason"];
        await DoneAsync("pilot", "create", id, "--title", id, "--as", sponsor);
        await DoneAsync(["pilot", "move", id, "submitted", .. why, "application-complete", "--as", sponsor]);
        await DoneAsync(["pilot", "move", id, "under-review", .. why, "application-complete", "--as", supervisor]);
        await DoneAsync(
            "pilot",
            "evidence",
            "add",
            id,
            hash,
            "--kind",
            "assessment",
            "--size",
            "1",
            "--as",
            supervisor
        );
        await DoneAsync([
            .. (string[])["pilot", "move", id, "public-notice", .. why, "requirements-met"],
            .. (string[])["--objection", "1s", "--as", supervisor],
        ]);
        Ended noticed = await DoneAsync("pilot", "show", id);
        TimeSpan left =
            DateTimeOffset.Parse(noticed.Text("objections_until"), CultureInfo.InvariantCulture)
            - DateTimeOffset.UtcNow;
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(10));
        }

        await DoneAsync(["pilot", "move", id, "approved", .. why, "no-objection", "--as", supervisor]);
        await DoneAsync(["pilot", "move", id, "running", .. why, "as-planned", "--as", sponsor]);

        async Task<Ended> DoneAsync(params string[] command) => (await runAsync(command)).With(ExitCodes.Done);
    }
}
