using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Cli.Tests;

/// <summary>Records are the node's word: whatever it says of them is shown, and nothing of it ends the command.</summary>
public class FieldsTests
{
    [Theory]
    [InlineData(0UL, "1970-01-01T00:00:00.000Z")]
    [InlineData(253_402_300_799_999UL, "9999-12-31T23:59:59.999Z")]
    [InlineData(253_402_300_800_000UL, "253402300800000 ms")]
    [InlineData(ulong.MaxValue, "18446744073709551615 ms")]
    public void Time_OfAnyNumber_IsShown(ulong timeMs, string shown) => Assert.Equal(shown, Fields.Time(timeMs));

    [Theory]
    [InlineData("", "multihash", "")]
    [InlineData("12", "multihash", "12")]
    [InlineData("1220aa", "multihash", "1220aa")]
    [InlineData(
        "12200000000000000000000000000000000000000000000000000000000000000000",
        "sha256",
        "0000000000000000000000000000000000000000000000000000000000000000"
    )]
    public void Content_WithAnyHash_IsShown(string multihash, string field, string shown)
    {
        TokenContent content = new() { Multihash = ByteString.CopyFrom(Convert.FromHexString(multihash)) };

        JsonObject fields = Fields.Of(new TokenRecord { Content = content });

        Assert.Equal(shown, fields["content"]![field]!.ToString());
    }

    [Fact]
    public void Message_OfAnyKind_ShowsWhatIsSetUnderTheNamesOfTheProtocol()
    {
        CreateClass message = new()
        {
            Id = "c",
            MaxSupply = ulong.MaxValue,
            BurnAuthority = BurnAuthority.Both,
            Category = (ClassCategory)99,
        };
        VerificationMethod method = new()
        {
            PublicKey = ByteString.CopyFrom(0xab),
            Purposes = { KeyPurpose.Authentication, KeyPurpose.CapabilityInvocation },
        };

        Assert.Equal(
            """{"id":"c","category":"99","max_supply":18446744073709551615,"burn_authority":"BOTH"}""",
            MessageFields.Of(message).ToJsonString()
        );
        Assert.Equal(
            """{"public_key":"ab","purposes":["AUTHENTICATION","CAPABILITY_INVOCATION"]}""",
            MessageFields.Of(method).ToJsonString()
        );
    }
}
