using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Demo;

/// <summary>The way of a pilot from a draft to the day on which it runs: its sponsor applies, a supervisor examines, anyone may object.</summary>
internal sealed class PilotPath(DemoClients clients, Actor sponsor, Actor supervisor, CancellationToken stop)
{
    private const uint ObjectionSeconds = 1;

    /// <summary>Applies, examines and gives notice: from here on anyone may object.</summary>
    public async Task ApplyAsync(string id, string title, PilotTerms? terms = null)
    {
        CreatePilot pilot = new()
        {
            Id = id,
            Title = title,
            Sponsor = sponsor.Did,
            Terms = terms,
        };
        await ActAsync(sponsor, new Operation { CreatePilot = pilot });
        await ActAsync(sponsor, Move(id, PilotState.Submitted, PilotReason.ApplicationComplete));
        await ActAsync(supervisor, Move(id, PilotState.UnderReview, PilotReason.ApplicationComplete));
        AddEvidence assessment = new()
        {
            PilotId = id,
            Kind = EvidenceKind.Assessment,
            Commitment = ByteString.CopyFrom(
                Commitments.Commit("evidence", Commitments.NewSalt(), Encoding.UTF8.GetBytes(title))
            ),
            MediaType = "application/pdf",
            Size = 4_096,
        };
        await ActAsync(supervisor, new Operation { AddEvidence = assessment });
        Operation notice = Move(id, PilotState.PublicNotice, PilotReason.RequirementsMet);
        notice.MovePilot.ObjectionSeconds = ObjectionSeconds;
        await ActAsync(supervisor, notice);
    }

    /// <summary>Waits until nobody may object any more, and lets the pilot begin.</summary>
    public async Task StartAsync(string id)
    {
        ulong until = (await clients.First.GetPilotAsync(id, stop)).Record.ObjectionsUntilMs;
        await WaitUntilAsync(until, stop);
        await ActAsync(supervisor, Approval(id));
        await ActAsync(sponsor, Move(id, PilotState.Running, PilotReason.AsPlanned));
    }

    /// <summary>A supervisor's approval.</summary>
    public static Operation Approval(string id) => Move(id, PilotState.Approved, PilotReason.NoObjection);

    /// <summary>A move of a pilot.</summary>
    public static Operation Move(string id, PilotState state, PilotReason reason) =>
        new()
        {
            MovePilot = new MovePilot
            {
                PilotId = id,
                State = state,
                Reason = reason,
                EvidenceHash = Document($"{id} {state}"),
            },
        };

    /// <summary>The hash of a document that is elsewhere.</summary>
    public static ByteString Document(string text) =>
        ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Waits until a moment of the log, whose time is that of this machine's clock.</summary>
    public static async Task WaitUntilAsync(ulong timeMs, CancellationToken stop)
    {
        long left = (long)timeMs - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (left >= 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(left + 10), stop);
        }
    }

    private async Task ActAsync(Actor actor, Operation body) =>
        await clients.SubmitAsync(clients.First.Prepare(actor, body), stop);
}
