namespace Grpc.Core.Api.Tests;

public class MetadataTests
{
    [Fact]
    public void Entry_UpperCaseKey_IsLowered()
    {
        Assert.Equal("x-request.id_7", new Metadata.Entry("X-Request.ID_7", "v").Key);
        Assert.Equal("token-bin", new Metadata.Entry("Token-BIN", [1]).Key);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("\u212A")] // KELVIN SIGN: its lower case is an ASCII k, but it is no ASCII letter itself
    public void Entry_KeyWithAnotherCharacter_Throws(string key)
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "v"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key + "-bin", [1]));
    }

    [Fact]
    public void Entry_SuffixNotOfItsKind_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("KEY-BIN", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1, 2]));
    }

    [Fact]
    public void Entry_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry(null!, "v"));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("k", (string)null!));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("k-bin", (byte[])null!));
        Assert.Throws<ArgumentNullException>(() => new Metadata().Add(null!));
    }

    [Fact]
    public void Entry_Text_HasTextAndItsAsciiBytes()
    {
        var entry = new Metadata.Entry("k", "abc");
        Assert.False(entry.IsBinary);
        Assert.Equal("abc", entry.Value);
        Assert.Equal("abc"u8.ToArray(), entry.ValueBytes);
        Assert.Equal("[Entry: key=k, value=abc]", entry.ToString());
    }

    [Fact]
    public void Entry_Binary_HasBytesAndNoText()
    {
        var entry = new Metadata.Entry("k-bin", [0, 255]);
        Assert.True(entry.IsBinary);
        Assert.Equal([0, 255], entry.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
        Assert.Contains("key=k-bin", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_ArrayChangedBeforeOrAfter_KeepsItsBytes()
    {
        byte[] given = [1, 2, 3];
        var entry = new Metadata.Entry("k-bin", given);
        given[0] = 9;
        entry.ValueBytes[1] = 9;
        Assert.Equal([1, 2, 3], entry.ValueBytes);
    }

    [Fact]
    public void Get_KeyTwice_FindsTheLastInAnyCase()
    {
        var metadata = new Metadata
        {
            { "a", "1" },
            { "b", "2" },
            { "a", "3" },
            { "c-bin", [4] },
        };
        Assert.Equal("3", metadata.Get("a")!.Value);
        Assert.Equal("3", metadata.GetValue("A"));
        Assert.Equal("3"u8.ToArray(), metadata.GetValueBytes("a"));
        Assert.Equal([4], metadata.GetValueBytes("C-Bin"));
        Assert.Equal(["1", "3"], metadata.GetAll("A").Select(entry => entry.Value));
        Assert.Throws<InvalidOperationException>(() => metadata.GetValue("c-bin"));
    }

    [Fact]
    public void Get_KeyAbsent_IsNull()
    {
        var metadata = new Metadata { { "a", "1" } };
        Assert.Null(metadata.Get("b"));
        Assert.Null(metadata.GetValue("b"));
        Assert.Null(metadata.GetValueBytes("b"));
        Assert.Empty(metadata.GetAll("b"));
    }

    [Fact]
    public void List_EditedAndRead_KeepsOrder()
    {
        var first = new Metadata.Entry("first", "1");
        var second = new Metadata.Entry("second", "2");
        var third = new Metadata.Entry("third", "3");
        var metadata = new Metadata { second };
        metadata.Insert(0, first);
        metadata.Add(third);
        Assert.Equal([first, second, third], metadata);
        Assert.Equal(1, metadata.IndexOf(second));
        Assert.True(metadata.Remove(second));
        Assert.False(metadata.Contains(second));
        metadata[0] = second;
        var copy = new Metadata.Entry[3];
        metadata.CopyTo(copy, 1);
        Assert.Null(copy[0]);
        Assert.Equal([second, third], copy[1..]);
        metadata.RemoveAt(1);
        Assert.Same(second, Assert.Single(metadata));
        metadata.Clear();
        Assert.Empty(metadata);
        Assert.False(metadata.IsReadOnly);
    }

    [Fact]
    public void Empty_AnyChange_Throws()
    {
        var entry = new Metadata.Entry("k", "v");
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add(entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("k", "v"));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("k-bin", [1]));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Insert(0, entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty[0] = entry);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Remove(entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.RemoveAt(0));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Clear());
        Assert.Empty(Metadata.Empty);
    }
}
