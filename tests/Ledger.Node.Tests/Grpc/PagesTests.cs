using System.Buffers.Binary;
using System.Buffers.Text;
using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>A ledger with lists of several pages of each kind.</summary>
public sealed class ListsScene : IAsyncLifetime
{
    public const int Pilots = 7;
    public const int Classes = 9;
    public const int Tokens = 230;
    public const int Moves = 7;
    public const string OwnPilot = "list-3";
    public const string ManyTokens = "c0";
    public const string MovedToken = "moved";

    internal Scene Scene { get; private set; } = null!;

    /// <summary>What each list holds, by the name of the list, in order.</summary>
    internal Dictionary<string, string[]> Expected { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Scene = await Scene.OpenAsync();
        List<SignedOperation> operations = [];
        await Scene.OpenPilots(Scene.Issuer, [.. Enumerable.Range(0, Pilots).Select(i => $"list-{i}")]);

        for (int i = 0; i < Classes; i++)
        {
            operations.Add(Scene.Issuer.Sign(Scene.NewClass($"c{i}", i < 5 ? OwnPilot : "list-4")));
        }

        string[] tokens = [.. Enumerable.Range(0, Tokens).Select(i => $"t{i:d4}")];
        operations.Add(Scene.Issuer.Sign(Batch(ManyTokens, Scene.Holder, tokens[..150])));
        operations.Add(Scene.Issuer.Sign(Batch(ManyTokens, Scene.Other, tokens[150..])));
        operations.Add(Scene.Issuer.Sign(Batch("c5", Scene.Holder, ["x", "y", "z"])));
        operations.Add(Scene.Issuer.Sign(Batch("c6", Scene.Issuer, [MovedToken])));
        Signer from = Scene.Issuer;
        for (int i = 0; i < Moves; i++)
        {
            Signer to = i % 2 == 0 ? Scene.Other : Scene.Issuer;
            operations.Add(from.Sign(Scene.Transfer(MovedToken, from, to, "c6")));
            from = to;
        }

        SubmitBatchResponse response = await Scene.Node.Registry.SubmitBatchAsync(
            new SubmitBatchRequest { Operations = { operations } }
        );
        Assert.All(response.Results, r => Assert.Equal(ReasonCode.Applied, r.Reason));

        // The last of each is the scene's own.
        Expected["pilots"] = [.. Enumerable.Range(0, Pilots).Select(i => $"list-{i}"), Scene.Pilot];
        Expected["classes"] = [.. Enumerable.Range(0, Classes).Select(i => $"c{i}"), Scene.Class];
        Expected["classes of a pilot"] = [.. Enumerable.Range(0, 5).Select(i => $"c{i}")];
        Expected["tokens of a class"] = tokens;
        Expected["tokens of an owner"] = [.. tokens[..150], "x", "y", "z"];
        Expected["tokens of an owner in a class"] = tokens[150..];
        Expected["history of a token"] = [.. response.Results.TakeLast(Moves + 1).Select(r => $"{r.Receipt.Index}")];
        Expected["versions of a DID"] = await Update(Moves);
    }

    public async ValueTask DisposeAsync() => await Scene.DisposeAsync();

    /// <summary>Reads one page.</summary>
    internal async Task<(string[] Items, string Next)> Page(string list, uint size, string token)
    {
        TokenService.TokenServiceClient tokens = Scene.Node.Tokens;
        switch (list)
        {
            case "pilots":
                ListPilotsResponse pilots = await Scene.Node.Pilots.ListPilotsAsync(
                    new ListPilotsRequest { PageSize = size, PageToken = token }
                );
                return ([.. pilots.Pilots.Select(p => p.Id)], pilots.NextPageToken);
            case "classes":
            case "classes of a pilot":
                ListClassesResponse classes = await tokens.ListClassesAsync(
                    new ListClassesRequest
                    {
                        PilotId = list == "classes" ? "" : OwnPilot,
                        PageSize = size,
                        PageToken = token,
                    }
                );
                return ([.. classes.Classes.Select(c => c.Id)], classes.NextPageToken);
            case "tokens of a class":
            case "tokens of an owner":
            case "tokens of an owner in a class":
                ListTokensResponse page = await tokens.ListTokensAsync(
                    new ListTokensRequest
                    {
                        ClassId = list == "tokens of an owner" ? "" : ManyTokens,
                        Owner = list switch
                        {
                            "tokens of a class" => "",
                            "tokens of an owner" => Scene.Holder.Did,
                            _ => Scene.Other.Did,
                        },
                        PageSize = size,
                        PageToken = token,
                    }
                );
                return ([.. page.Tokens.Select(t => t.TokenId)], page.NextPageToken);
            case "history of a token":
                GetTokenHistoryResponse history = await tokens.GetTokenHistoryAsync(
                    new GetTokenHistoryRequest
                    {
                        ClassId = "c6",
                        TokenId = MovedToken,
                        PageSize = size,
                        PageToken = token,
                    }
                );
                return ([.. history.Versions.Select(v => $"{v.Version.Index}")], history.NextPageToken);
            default:
                ListVersionsResponse versions = await Scene.Node.Dids.ListVersionsAsync(
                    new ListVersionsRequest
                    {
                        Did = Scene.Other.Did,
                        PageSize = size,
                        PageToken = token,
                    }
                );
                return ([.. versions.Versions.Select(v => $"{v.Version.Index}")], versions.NextPageToken);
        }
    }

    private static Operation Batch(string classId, Signer owner, string[] tokens) =>
        new()
        {
            BatchMint = new BatchMint
            {
                ClassId = classId,
                Owner = owner.Did,
                Items = { tokens.Select(t => new MintItem { TokenId = t }) },
            },
        };

    // Updates a DID so many times; the indexes of all its versions.
    private async Task<string[]> Update(int times)
    {
        ResolveResponse resolved = await Scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = Scene.Other.Did });
        List<string> indexes = [$"{resolved.Version.Index}"];
        ByteString previous = resolved.Record.LastOperation;
        for (int i = 0; i < times; i++)
        {
            UpdateDid update = new()
            {
                Did = Scene.Other.Did,
                Previous = previous,
                Document = resolved.Record.Document,
            };
            Receipt receipt = await Scene.Apply(Scene.Other, new Operation { UpdateDid = update });
            indexes.Add($"{receipt.Index}");
            previous = receipt.OperationId;
        }

        return [.. indexes];
    }
}

/// <summary>Every list of every service, page by page.</summary>
public class PagesTests(ListsScene lists) : IClassFixture<ListsScene>
{
    public static TheoryData<string> Lists =>
        [
            "pilots",
            "classes",
            "classes of a pilot",
            "tokens of a class",
            "tokens of an owner",
            "tokens of an owner in a class",
            "history of a token",
            "versions of a DID",
        ];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_OfAnySize_LoseNothingAndRepeatNothing(string list)
    {
        string[] expected = lists.Expected[list];
        foreach (uint size in (uint[])[1, 3, (uint)expected.Length - 1, (uint)expected.Length, 1_000])
        {
            if (size == 1 && expected.Length > 100)
            {
                continue; // the short lists show as much
            }

            List<string> all = [];
            string token = "";
            int pages = 0;
            do
            {
                (string[] items, token) = await lists.Page(list, size, token);
                Assert.True(items.Length == size || token.Length == 0, "a page in the middle is not full");
                Assert.NotEmpty(items);
                all.AddRange(items);
                pages++;
            } while (token.Length > 0);

            Assert.Equal(expected, all);
            Assert.Equal((expected.Length + (int)size - 1) / (int)size, pages);
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_OfSizeZero_HoldAHundred(string list)
    {
        (string[] items, string token) = await lists.Page(list, 0, "");

        Assert.Equal(Math.Min(100, lists.Expected[list].Length), items.Length);
        Assert.Equal(lists.Expected[list].Length > 100, token.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_LargerThanAllowed_AreInvalidRequests(string list)
    {
        foreach (uint size in (uint[])[1_001, uint.MaxValue])
        {
            await Refuses(list, size, "", ReasonCode.InvalidRequest);
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_TokenOfAnotherList_IsRefused(string list)
    {
        foreach (string other in Lists.Select(row => row.Data).Where(other => other != list))
        {
            (string[] _, string token) = await lists.Page(other, 2, "");
            Assert.NotEmpty(token);
            await Refuses(list, 2, token, ReasonCode.BadPageToken);
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_TextThatIsNoToken_IsRefused(string list)
    {
        (string[] _, string token) = await lists.Page(list, 2, "");
        byte[] bytes = Base64Url.DecodeFromChars(token);
        string[] texts =
        [
            "x",
            "!!!!",
            "AAAA",
            "数据",
            "\0",
            token + "!",
            token[..10],
            (token[0] == 'A' ? "B" : "A") + token[1..],
            Base64Url.EncodeToString(bytes.AsSpan(0, 8)),
            Base64Url.EncodeToString(new byte[16]),
            new('A', 1_024),
            new('A', 1_000_000),
        ];

        foreach (string text in texts)
        {
            await Refuses(list, 2, text, ReasonCode.BadPageToken);
        }
    }

    [Theory]
    [InlineData("history of a token")]
    [InlineData("versions of a DID")]
    public async Task Pages_TokenThatNamesNoVersion_IsRefused(string list)
    {
        (string[] _, string token) = await lists.Page(list, 2, "");
        byte[] bytes = Base64Url.DecodeFromChars(token);
        foreach (long index in (long[])[-1, long.MinValue, long.MaxValue])
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), index);
            await Refuses(list, 2, Base64Url.EncodeToString(bytes), ReasonCode.BadPageToken);
        }

        await Refuses(list, 2, Base64Url.EncodeToString(bytes.AsSpan(0, 15)), ReasonCode.BadPageToken);
        await Refuses(list, 2, Base64Url.EncodeToString([.. bytes, 0]), ReasonCode.BadPageToken);
    }

    [Fact]
    public async Task Pages_TokensMintedMeanwhile_DisturbNothing()
    {
        Scene scene = lists.Scene;
        await Mint("b", "d", "f", "h");
        List<string> seen = [];
        ListTokensRequest request = new() { ClassId = Scene.Class, PageSize = 2 };

        ListTokensResponse first = await scene.Node.Tokens.ListTokensAsync(request);
        await Mint("a", "c", "e", "g", "i");
        seen.AddRange(first.Tokens.Select(t => t.TokenId));
        request.PageSize = 1_000;
        request.PageToken = first.NextPageToken;
        ListTokensResponse rest = await scene.Node.Tokens.ListTokensAsync(request);
        seen.AddRange(rest.Tokens.Select(t => t.TokenId));

        Assert.Equal(["b", "d", "e", "f", "g", "h", "i"], seen);

        async Task Mint(params string[] tokens)
        {
            foreach (string token in tokens)
            {
                await scene.Apply(scene.Issuer, Scene.Mint(token, scene.Supervisor));
            }
        }
    }

    private async Task Refuses(string list, uint size, string token, ReasonCode reason)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lists.Page(list, size, token));
        Refusal.Check(error, StatusCode.InvalidArgument, reason);
    }
}
