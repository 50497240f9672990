using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>Events are followed over every break, without a gap and without a second time; and of a real node they are what was done.</summary>
public sealed class EventsTests(Scene scene) : IClassFixture<Scene>
{
    [Theory]
    [InlineData(StreamEnd.Normally)]
    [InlineData(StreamEnd.Unavailable)]
    [InlineData(StreamEnd.TooSlow)]
    public async Task Subscribe_OverBreaks_ShowsEveryEventOnce(StreamEnd end)
    {
        await using BreakingEventNode node = await BreakingEventNode.StartAsync([end]);
        await using LedgerClient client = scene.Node.Connect(node.Address);

        List<EventPage> pages = await TakeAsync(client, fromIndex: 5, count: 7);

        Assert.Equal(Enumerable.Range(6, 7), pages.Select(static page => (int)page.NextIndex));
        Assert.Equal(
            Enumerable.Range(5, 7).SelectMany(static i => new[] { $"{i}.0", $"{i}.1" }),
            pages.SelectMany(static page => page.Events).Select(static e => e.Effect.Minted.TokenId)
        );
        Assert.Equal([5, 7, 9, 11], node.Begun);
    }

    [Fact]
    public async Task Subscribe_WhenTheNodeRefuses_Throws()
    {
        await using BreakingEventNode node = await BreakingEventNode.StartAsync([StreamEnd.Refused]);
        await using LedgerClient client = scene.Node.Connect(node.Address);

        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => TakeAsync(client, 0, 3));

        Assert.Equal(ReasonCode.InvalidRequest, e.Reason);
    }

    [Theory]
    [InlineData("an entry again")]
    [InlineData("a position that goes back")]
    [InlineData("events out of order")]
    public async Task Subscribe_WhenTheNodeLies_Throws(string lie)
    {
        await using BreakingEventNode node = await BreakingEventNode.StartAsync(
            [StreamEnd.Normally],
            page =>
            {
                switch (lie)
                {
                    case "an entry again":
                        page.Events[0].Index--;
                        break;
                    case "a position that goes back":
                        page.Events.Clear();
                        page.NextIndex = 1;
                        break;
                    default:
                        page.Events.Add(page.Events[0]);
                        break;
                }
            }
        );
        await using LedgerClient client = scene.Node.Connect(node.Address);

        await Assert.ThrowsAsync<VerificationException>(() => TakeAsync(client, 3, 1));
    }

    [Fact]
    public async Task Subscribe_OnANode_ShowsWhatIsDoneWhileItIsFollowed()
    {
        ProvenEntry minted = await scene.Client.MintAsync(scene.Issuer, scene.NewMint("followed", scene.Alice));
        EventFilter filter = new() { ClassId = Scene.Class, TokenId = "followed" };
        List<Effect.EffectOneofCase> effects = [];

        await foreach (EventPage page in scene.Client.SubscribeAsync(minted.Index, filter))
        {
            if (effects.Count == 0 && page.Events.Count > 0)
            {
                await scene.Client.TransferAsync(scene.Alice, Scene.Class, "followed", scene.Bob.Did);
            }

            effects.AddRange(page.Events.Select(static e => e.Effect.EffectCase));
            if (effects.Count >= 2)
            {
                break;
            }
        }

        Assert.Equal([Effect.EffectOneofCase.Minted, Effect.EffectOneofCase.Transferred], effects);
        EventPage listed = await scene.Client.ListEventsAsync(minted.Index, filter);
        Assert.Equal(effects, listed.Events.Select(static e => e.Effect.EffectCase));
    }

    [Fact]
    public async Task ProvenHistory_OfAToken_HasTheEntryOfEachVersion()
    {
        ProvenEntry minted = await scene.Client.MintAsync(scene.Issuer, scene.NewMint("proven", scene.Alice));
        ProvenEntry given = await scene.Client.TransferAsync(scene.Alice, Scene.Class, "proven", scene.Bob.Did);

        Page<Written<TokenRecord>> history = await scene.Client.GetProvenTokenHistoryAsync(Scene.Class, "proven");

        Assert.Equal([minted.Index, given.Index], history.Items.Select(static version => version.Entry.Index));
    }

    [Fact]
    public async Task CheckTransfer_OfWhatIsNotAllowed_AnswersWithoutAnException()
    {
        await scene.Client.MintAsync(scene.Issuer, scene.NewMint("checked", scene.Alice));
        Transfer transfer = new()
        {
            ClassId = Scene.Class,
            TokenId = "checked",
            FromDid = scene.Alice.Did,
            ToDid = scene.Bob.Did,
        };

        TransferCheck allowed = await scene.Client.CheckTransferAsync(transfer);
        TransferCheck refused = await scene.Client.CheckTransferAsync(transfer, scene.Bob.Did);

        Assert.True(allowed.IsAllowed, allowed.Message);
        Assert.Equal(ReasonCode.NotAuthorised, refused.Outcome);
        Assert.NotEqual("", refused.Message);
    }

    private static async Task<List<EventPage>> TakeAsync(LedgerClient client, long fromIndex, int count)
    {
        List<EventPage> pages = [];
        await foreach (EventPage page in client.SubscribeAsync(fromIndex))
        {
            pages.Add(page);
            if (pages.Count == count)
            {
                break;
            }
        }

        return pages;
    }
}
