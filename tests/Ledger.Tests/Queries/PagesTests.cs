using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class PagesTests
{
    [Theory]
    [InlineData(0, Limits.PageSizeDefault)]
    [InlineData(1, 1)]
    [InlineData(Limits.PageSizeMax, Limits.PageSizeMax)]
    public void Size_UpToTheLimit_IsAsAsked(uint asked, int size) => Assert.Equal(size, Pages.Size(asked).Value);

    [Theory]
    [InlineData(Limits.PageSizeMax + 1)]
    [InlineData(uint.MaxValue)]
    public void Size_BeyondTheLimit_IsRefused(uint asked) =>
        Assert.Equal(ReasonCode.InvalidRequest, Pages.Size(asked).Judgement.Reason);

    // Callers keep tokens: their bytes must not change from one version of the node to the next.
    [Fact]
    public void Token_IsEightBytesOfTheListsHashAndTheLastKey()
    {
        byte[] key = [1, 2, 3];
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("a list"));

        string token = Pages.Token("a list", key);

        Assert.Equal(Base64Url.EncodeToString([.. hash[..8], .. key]), token);
        Assert.Equal(key, Pages.After("a list", token).Value);
    }

    [Fact]
    public void After_NoToken_IsTheStart() => Assert.Empty(Pages.After("a list", "").Value);

    [Fact]
    public void After_TextThatIsNoTokenOfTheList_IsRefused()
    {
        string token = Pages.Token("a list", [1, 2, 3]);
        string[] texts =
        [
            Pages.Token("another list", [1, 2, 3]),
            Pages.Token("a list", []),
            "!",
            "AAAA",
            token + "!",
            new string('A', Limits.PageTokenLengthMax + 4),
        ];

        Assert.All(texts, text => Assert.Equal(ReasonCode.BadPageToken, Pages.After("a list", text).Judgement.Reason));
    }

    [Fact]
    public void Take_ItemsThatFillAMessage_EndsThePageEarly()
    {
        Page<int> page = Pages.Take(
            Enumerable.Range(0, 10),
            10,
            "a list",
            static i => [(byte)i],
            static _ => Limits.MessageBytesMax / 8
        );

        Assert.Equal([0, 1], page.Items);
        Assert.Equal([1], Pages.After("a list", page.Next).Value);
    }

    [Fact]
    public void Take_FewItemsAreWanted_LooksAtSoManyAndGoesOn()
    {
        List<int> found = [];
        List<int> pages = [];
        int after = -1;
        string next;
        do
        {
            Page<int> page = Pages.Take(
                Enumerable.Range(after + 1, 2_500 - after),
                10,
                "a list",
                static i => BitConverter.GetBytes(i),
                static _ => 1,
                static i => i % 1_200 == 1_199
            );
            found.AddRange(page.Items);
            pages.Add(page.Items.Count);
            next = page.Next;
            after = next.Length == 0 ? -1 : BitConverter.ToInt32(Pages.After("a list", next).Value);
        } while (next.Length > 0);

        Assert.Equal([1_199, 2_399], found);
        Assert.Equal([0, 1, 1], pages);
    }
}
