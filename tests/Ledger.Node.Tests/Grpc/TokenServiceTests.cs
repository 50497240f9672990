using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

public class TokenServiceTests(Scene scene) : IClassFixture<Scene>
{
    private const string NoDid = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task GetClass_Known_IsProved()
    {
        Receipt receipt = await scene.Apply(scene.Issuer, Scene.NewClass("proved"));

        GetClassResponse response = await scene.Node.Tokens.GetClassAsync(
            new GetClassRequest { ClassId = "proved", WithProof = true }
        );

        Assert.Equal(scene.Issuer.Did, response.Record.Issuer);
        Assert.Equal(Scene.Pilot, response.Record.PilotId);
        Assert.Equal("A class", response.Record.Name);
        Assert.Equal(receipt.Index, response.Version.Index);
        await scene.CheckEntry(response.Proof, response.Version);
    }

    [Fact]
    public async Task GetClass_AfterMints_CountsThemBesideItsTerms()
    {
        Receipt created = await scene.Apply(scene.Issuer, Scene.NewClass("counted"));
        await scene.Apply(scene.Issuer, Scene.Mint("", scene.Holder, "counted"));
        await scene.Apply(scene.Issuer, Scene.Mint("", scene.Holder, "counted"));
        await scene.Apply(scene.Holder, Scene.Burn("1", "counted"));

        GetClassResponse response = await scene.Node.Tokens.GetClassAsync(new GetClassRequest { ClassId = "counted" });

        Assert.Equal(2u, response.Supply.Minted);
        Assert.Equal(1u, response.Supply.Burned);
        Assert.Equal(3u, response.Supply.NextNumber);
        Assert.Equal(created.Index, response.Version.Index);
    }

    [Fact]
    public async Task GetToken_Minted_IsProved()
    {
        Operation mint = Scene.Mint(scene.NewTokenId(), scene.Holder);
        mint.Mint.Content = new TokenContent
        {
            Multihash = ByteString.CopyFrom([0x12, 0x20, .. new byte[32]]),
            MediaType = "image/png",
            Size = 123,
            Uri = "https://example.org/content",
        };
        Receipt receipt = await scene.Apply(scene.Issuer, mint);

        GetTokenResponse response = await scene.Node.Tokens.GetTokenAsync(
            new GetTokenRequest
            {
                ClassId = Scene.Class,
                TokenId = mint.Mint.TokenId,
                WithProof = true,
            }
        );

        Assert.Equal(
            new TokenRecord
            {
                ClassId = Scene.Class,
                TokenId = mint.Mint.TokenId,
                Owner = scene.Holder.Did,
                Content = mint.Mint.Content,
                State = TokenState.Live,
                MintedIndex = receipt.Index,
                AcquiredMs = receipt.TimeMs,
            },
            response.Record
        );
        await scene.CheckEntry(response.Proof, response.Version);
    }

    [Fact]
    public async Task GetToken_Burned_SaysSo()
    {
        string token = await scene.MintFor(scene.Holder);
        Receipt burned = await scene.Apply(scene.Holder, Scene.Burn(token));

        GetTokenResponse response = await scene.Node.Tokens.GetTokenAsync(
            new GetTokenRequest { ClassId = Scene.Class, TokenId = token }
        );

        Assert.Equal(TokenState.Burned, response.Record.State);
        Assert.Equal(scene.Holder.Did, response.Record.Owner);
        Assert.Equal(burned.Index, response.Version.Index);
    }

    [Fact]
    public async Task GetTokenHistory_LifeOfAToken_IsAllThere()
    {
        string token = scene.NewTokenId();
        Receipt minted = await scene.Apply(scene.Issuer, Scene.Mint(token, scene.Holder));
        Receipt given = await scene.Apply(scene.Holder, Scene.Transfer(token, scene.Holder, scene.Other));
        Receipt burned = await scene.Apply(scene.Other, Scene.Burn(token));

        GetTokenHistoryResponse history = await scene.Node.Tokens.GetTokenHistoryAsync(
            new GetTokenHistoryRequest { ClassId = Scene.Class, TokenId = token }
        );

        Assert.Equal([minted.Index, given.Index, burned.Index], history.Versions.Select(v => v.Version.Index));
        Assert.Equal([minted.TimeMs, given.TimeMs, burned.TimeMs], history.Versions.Select(v => v.Version.TimeMs));
        Assert.Equal(
            [scene.Holder.Did, scene.Other.Did, scene.Other.Did],
            history.Versions.Select(v => v.Record.Owner)
        );
        Assert.Equal(
            [TokenState.Live, TokenState.Live, TokenState.Burned],
            history.Versions.Select(v => v.Record.State)
        );
        Assert.Equal([0, given.Index, given.Index], history.Versions.Select(v => v.Record.TransferredIndex));
        Assert.Empty(history.NextPageToken);
    }

    [Fact]
    public async Task GetBalance_FollowsEveryMove()
    {
        Signer newcomer = await scene.Register();
        await scene.Admit(newcomer, Role.Participant);
        Assert.Equal(0u, await Balance(newcomer));

        string first = await scene.MintFor(newcomer);
        string second = await scene.MintFor(newcomer);
        Assert.Equal(2u, await Balance(newcomer));

        await scene.Apply(newcomer, Scene.Transfer(first, newcomer, newcomer));
        Assert.Equal(2u, await Balance(newcomer));

        await scene.Apply(newcomer, Scene.Transfer(first, newcomer, scene.Other));
        await scene.Apply(newcomer, Scene.Burn(second));
        Assert.Equal(0u, await Balance(newcomer));
    }

    [Fact]
    public async Task ListTokens_BurnedToken_IsListedByClassOnly()
    {
        await scene.Apply(scene.Issuer, Scene.NewClass("listed"));
        await scene.Apply(scene.Issuer, Scene.Mint("kept", scene.Holder, "listed"));
        await scene.Apply(scene.Issuer, Scene.Mint("burned", scene.Holder, "listed"));
        await scene.Apply(scene.Holder, Scene.Burn("burned", "listed"));

        ListTokensResponse byClass = await scene.Node.Tokens.ListTokensAsync(
            new ListTokensRequest { ClassId = "listed" }
        );
        ListTokensResponse byOwner = await scene.Node.Tokens.ListTokensAsync(
            new ListTokensRequest { Owner = scene.Holder.Did, ClassId = "listed" }
        );

        Assert.Equal(["burned", "kept"], byClass.Tokens.Select(t => t.TokenId));
        Assert.Equal(["kept"], byOwner.Tokens.Select(t => t.TokenId));
    }

    [Fact]
    public async Task ListTokens_ClassWhoseNameStartsLikeAnother_IsKeptApart()
    {
        await scene.Apply(scene.Issuer, Scene.NewClass("short"));
        await scene.Apply(scene.Issuer, Scene.NewClass("short-not"));
        await scene.Apply(scene.Issuer, Scene.Mint("a", scene.Holder, "short"));
        await scene.Apply(scene.Issuer, Scene.Mint("b", scene.Holder, "short-not"));

        ListTokensResponse response = await scene.Node.Tokens.ListTokensAsync(
            new ListTokensRequest { ClassId = "short" }
        );

        Assert.Equal("a", Assert.Single(response.Tokens).TokenId);
    }

    [Fact]
    public async Task Reads_OfUnknownThings_AreNotFound()
    {
        TokenService.TokenServiceClient tokens = scene.Node.Tokens;
        await NotFound(tokens.GetClassAsync(new GetClassRequest { ClassId = "nowhere" }), ReasonCode.ClassNotFound);
        await NotFound(
            tokens.ListClassesAsync(new ListClassesRequest { PilotId = "nowhere" }),
            ReasonCode.PilotNotFound
        );
        await NotFound(
            tokens.GetTokenAsync(new GetTokenRequest { ClassId = "nowhere", TokenId = "t" }),
            ReasonCode.ClassNotFound
        );
        await NotFound(
            tokens.GetTokenAsync(new GetTokenRequest { ClassId = Scene.Class, TokenId = "nothing" }),
            ReasonCode.TokenNotFound
        );
        await NotFound(
            tokens.GetTokenHistoryAsync(new GetTokenHistoryRequest { ClassId = "nowhere", TokenId = "t" }),
            ReasonCode.ClassNotFound
        );
        await NotFound(
            tokens.GetTokenHistoryAsync(new GetTokenHistoryRequest { ClassId = Scene.Class, TokenId = "nothing" }),
            ReasonCode.TokenNotFound
        );
        await NotFound(tokens.ListTokensAsync(new ListTokensRequest { ClassId = "nowhere" }), ReasonCode.ClassNotFound);
        await NotFound(
            tokens.GetBalanceAsync(new GetBalanceRequest { Owner = scene.Holder.Did, ClassId = "nowhere" }),
            ReasonCode.ClassNotFound
        );
        Assert.Empty((await tokens.ListTokensAsync(new ListTokensRequest { Owner = NoDid })).Tokens);

        static Task NotFound<T>(AsyncUnaryCall<T> call, ReasonCode reason) =>
            Refusal.Of(call, StatusCode.NotFound, reason);
    }

    [Fact]
    public async Task Reads_OfTextsThatNameNothing_AreInvalid()
    {
        TokenService.TokenServiceClient tokens = scene.Node.Tokens;
        await Invalid(tokens.GetClassAsync(new GetClassRequest()));
        await Invalid(tokens.GetClassAsync(new GetClassRequest { ClassId = "a/b" }));
        await Invalid(tokens.ListClassesAsync(new ListClassesRequest { PilotId = "a\0b" }));
        await Invalid(tokens.GetTokenAsync(new GetTokenRequest { ClassId = Scene.Class }));
        await Invalid(
            tokens.GetTokenAsync(new GetTokenRequest { ClassId = Scene.Class, TokenId = new string('x', 129) })
        );
        await Invalid(
            tokens.GetTokenHistoryAsync(new GetTokenHistoryRequest { ClassId = Scene.Class, TokenId = "a\0" })
        );
        await Invalid(tokens.ListTokensAsync(new ListTokensRequest()));
        await Invalid(tokens.ListTokensAsync(new ListTokensRequest { Owner = "me" }), ReasonCode.InvalidDid);
        await Invalid(tokens.GetBalanceAsync(new GetBalanceRequest { ClassId = Scene.Class }), ReasonCode.InvalidDid);

        static Task Invalid<T>(AsyncUnaryCall<T> call, ReasonCode reason = ReasonCode.InvalidRequest) =>
            Refusal.Of(call, StatusCode.InvalidArgument, reason);
    }

    private async Task<ulong> Balance(Signer owner) =>
        (
            await scene.Node.Tokens.GetBalanceAsync(new GetBalanceRequest { Owner = owner.Did, ClassId = Scene.Class })
        ).Count;
}
