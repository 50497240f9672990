using System.Text;
using Ledger.Protocol;
using Ledger.Rules.State;

namespace Ledger.Rules.Tests.State;

public sealed class KeyTests
{
    public static TheoryData<RecordKey, string> RecordKeys =>
        new()
        {
            { RecordKey.Ledger, "L\0" },
            { RecordKey.Did("did:pilot:n:x"), "D\0did:pilot:n:x" },
            { RecordKey.Party("did:pilot:n:x"), "A\0did:pilot:n:x" },
            { RecordKey.Pilot("p"), "P\0p" },
            { RecordKey.Class("c"), "C\0c" },
            { RecordKey.Supply("c"), "S\0c" },
            { RecordKey.Token("c", "t"), "T\0c/t" },
            { RecordKey.Balance("did:pilot:n:x", "c"), "B\0did:pilot:n:x/c" },
        };

    public static TheoryData<IndexKey, string> IndexKeys =>
        new()
        {
            { IndexKey.OwnerToken("did:pilot:n:x", "c", "t"), "Odid:pilot:n:x\0c\0t" },
            { IndexKey.ClassToken("c", "t"), "Kc\0t" },
            { IndexKey.PilotClass("p", "c"), "Qp\0c" },
            { IndexKey.Class("c"), "Rc" },
            { IndexKey.Pilot("p"), "Sp" },
        };

    [Theory]
    [MemberData(nameof(RecordKeys))]
    public void RecordKey_Bytes_RoundTrip(RecordKey key, string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(key.ToBytes()));
        Assert.True(StateKey.TryParse(key.ToBytes(), out RecordKind kind, out string? id));
        Assert.Equal(key, new RecordKey(kind, id));
    }

    [Theory]
    [MemberData(nameof(IndexKeys))]
    public void IndexKey_Bytes_RoundTrip(IndexKey key, string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(key.ToBytes()));
        Assert.Equal(key, IndexKey.FromBytes(key.ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("O")]
    [InlineData("I0123456789abcdef0123456789abcdef")]
    [InlineData("?0")]
    public void IndexKey_DamagedBytes_Throws(string bytes) =>
        Assert.Throws<FormatException>(() => IndexKey.FromBytes(Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void Prefix_OfSomeParts_IsFollowedByTheOthers()
    {
        AssertFollowed(IndexKey.OwnerToken("o", "c", "t"), IndexKey.Prefix(IndexKind.OwnerTokens), "o", "c", "t");
        AssertFollowed(IndexKey.OwnerToken("o", "c", "t"), IndexKey.Prefix(IndexKind.OwnerTokens, "o"), "c", "t");
        AssertFollowed(IndexKey.OwnerToken("o", "c", "t"), IndexKey.Prefix(IndexKind.OwnerTokens, "o", "c"), "t");
        AssertFollowed(IndexKey.ClassToken("c", "t"), IndexKey.Prefix(IndexKind.ClassTokens, "c"), "t");
        AssertFollowed(IndexKey.PilotClass("p", "c"), IndexKey.Prefix(IndexKind.PilotClasses, "p"), "c");
        AssertFollowed(IndexKey.Pilot("p"), IndexKey.Prefix(IndexKind.Pilots), "p");

        static void AssertFollowed(IndexKey key, byte[] prefix, params string[] rest)
        {
            byte[] bytes = key.ToBytes();
            Assert.True(bytes.AsSpan().StartsWith(prefix));
            Assert.Equal(rest, IndexKey.Split(bytes.AsSpan(prefix.Length)));
        }
    }

    [Fact]
    public void Prefix_OfAnIdThatStartsAnother_DoesNotCoverTheOther() =>
        Assert.False(
            IndexKey.ClassToken("ab", "t").ToBytes().AsSpan().StartsWith(IndexKey.Prefix(IndexKind.ClassTokens, "a"))
        );
}
