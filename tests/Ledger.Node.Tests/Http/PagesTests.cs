using System.Text.Json;
using System.Text.RegularExpressions;
using Ledger.Node.Http;

namespace Ledger.Node.Tests.Http;

/// <summary>What the HTTP port says of itself.</summary>
public sealed partial class PagesTests(HttpScene scene) : IClassFixture<HttpScene>
{
    [Fact]
    public async Task Methods_Always_AreThoseThatResolve() =>
        Assert.Equal("""["pilot","key"]""", (await scene.Get("/1.0/methods")).Body);

    [Fact]
    public async Task Properties_OfTheNode_NameItsLog()
    {
        Reply reply = await scene.Get("/1.0/properties");

        Assert.Equal(TestNode.Origin, reply.Json.GetProperty("origin").GetString());
        Assert.Equal(scene.Node.LogKey.ToString(), reply.Json.GetProperty("logKey").GetString());
        Assert.Equal(TestNode.Network, reply.Json.GetProperty("network").GetString());
    }

    [Fact]
    public async Task TestIdentifiers_OfEveryMethod_Resolve()
    {
        Reply reply = await scene.Get("/1.0/testIdentifiers");

        string[] methods = [.. reply.Json.EnumerateObject().Select(static p => p.Name)];
        Assert.Equal(["pilot", "key"], methods);
        foreach (JsonProperty method in reply.Json.EnumerateObject())
        {
            Assert.NotEqual(0, method.Value.GetArrayLength());
            foreach (JsonElement did in method.Value.EnumerateArray())
            {
                Assert.Equal(200, (await scene.Resolve(did.GetString()!)).Status);
            }
        }
    }

    [Fact]
    public async Task Traits_OfEveryMethod_AreTrueOrFalse()
    {
        Reply reply = await scene.Get("/1.0/traits");

        Assert.True(reply.Json.GetProperty("pilot").GetProperty("history").GetBoolean());
        Assert.False(reply.Json.GetProperty("key").GetProperty("history").GetBoolean());
    }

    [Fact]
    public async Task OpenApi_OfThePort_NamesExactlyItsRoutes()
    {
        Reply reply = await scene.Get("/openapi.json");
        HttpRoutes routes = scene.Node.Node.Routes;

        Assert.StartsWith("3.1.", reply.Json.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] named =
        [
            .. reply
                .Json.GetProperty("paths")
                .EnumerateObject()
                .SelectMany(static path =>
                    path.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {path.Name}")
                ),
        ];
        string[] served = [.. routes.All.SelectMany(static route => route.Methods.Select(m => $"{m} {route.Path}"))];
        Assert.Equal(served.Order(), named.Order());
    }

    [Fact]
    public async Task OpenApi_OfThePort_RefersToWhatItHolds()
    {
        JsonElement document = (await scene.Get("/openapi.json")).Json;

        MatchCollection references = Reference().Matches(document.GetRawText());
        Assert.NotEmpty(references);
        foreach (Match reference in references)
        {
            JsonElement at = document;
            foreach (string name in reference.Groups[1].Value.Split('/'))
            {
                Assert.True(at.TryGetProperty(name, out at), reference.Value);
            }
        }

        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
                Assert.NotEmpty(operation.Value.GetProperty("responses").EnumerateObject());
            }
        }
    }

    [Fact]
    public async Task Page_ForPeople_NamesEveryRouteAndAsksForNothingElse()
    {
        Reply reply = await scene.Get("/");
        HttpRoutes routes = scene.Node.Node.Routes;

        Assert.Equal("text/html; charset=utf-8", reply.Type);
        Assert.StartsWith("default-src 'none'", reply.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<script|<link|<img|@import|url\(", reply.Body);
        Assert.All(
            routes.All.Where(static route => route.Path != "/"),
            route => Assert.Contains(route.Path, reply.Body, StringComparison.Ordinal)
        );
    }

    [GeneratedRegex("\"\\$ref\":\\s*\"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
