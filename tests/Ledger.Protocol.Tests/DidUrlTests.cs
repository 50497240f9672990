using Ledger.Protocol;

namespace Ledger.Protocol.Tests;

/// <summary>The grammar of DID URLs.</summary>
public class DidUrlTests
{
    [Theory]
    [InlineData("did:a:b", "did:a:b", "", null, null)]
    [InlineData("did:a:b:c:d", "did:a:b:c:d", "", null, null)]
    [InlineData("did:a::b", "did:a::b", "", null, null)]
    [InlineData("did:a:%41._-", "did:a:%41._-", "", null, null)]
    [InlineData("did:a:b/", "did:a:b", "/", null, null)]
    [InlineData("did:a:b/c//d?e=/?#f/?", "did:a:b", "/c//d", "e=/?", "f/?")]
    [InlineData("did:a:b?#", "did:a:b", "", "", "")]
    [InlineData("did:a:b#c?d/e", "did:a:b", "", null, "c?d/e")]
    public void Parse_DidUrl_TakesItApart(string text, string did, string path, string? query, string? fragment)
    {
        Assert.Equal(DidUrlFault.None, DidUrl.Parse(text, out DidUrl? url, out string problem));

        Assert.Equal("", problem);
        Assert.Equal(new DidUrl(did, path, query, fragment), url);
        Assert.Equal("a", url!.Method);
    }

    [Theory]
    [InlineData("", DidUrlFault.Did)]
    [InlineData("did", DidUrlFault.Did)]
    [InlineData("did:", DidUrlFault.Did)]
    [InlineData("did:a", DidUrlFault.Did)]
    [InlineData("did:a:", DidUrlFault.Did)]
    [InlineData("did:a:b:", DidUrlFault.Did)]
    [InlineData("did:A:b", DidUrlFault.Did)]
    [InlineData("DID:a:b", DidUrlFault.Did)]
    [InlineData("did:a:b%4", DidUrlFault.Did)]
    [InlineData("did:a:b%", DidUrlFault.Did)]
    [InlineData("did:a:b%4g", DidUrlFault.Did)]
    [InlineData("did:a:b~", DidUrlFault.Did)]
    [InlineData("did:a:b/c d", DidUrlFault.Url)]
    [InlineData("did:a:b?c[]", DidUrlFault.Url)]
    [InlineData("did:a:b#c#d", DidUrlFault.Url)]
    [InlineData("did:a:b#é", DidUrlFault.Url)]
    [InlineData("did:a:b/%g0", DidUrlFault.Url)]
    public void Parse_AnythingElse_SaysWhichPartIsAtFault(string text, DidUrlFault fault)
    {
        Assert.Equal(fault, DidUrl.Parse(text, out DidUrl? url, out string problem));

        Assert.Null(url);
        Assert.NotEqual("", problem);
    }
}
