using System.Text.Json;
using Ledger.Tests;

namespace Ledger.Crypto.Tests;

public sealed class Ed25519Tests
{
    [Fact]
    public void Verify_Wycheproof_IsPublishedVerdict()
    {
        JsonElement file = Vectors.Json("wycheproof", "ed25519_test.json");
        int count = 0;
        foreach (JsonElement group in file.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("pk").GetString()!);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] message = Convert.FromHexString(test.GetProperty("msg").GetString()!);
                byte[] signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                bool valid = test.GetProperty("result").GetString() == "valid";
                Assert.True(
                    Ed25519.Verify(key, message, signature) == valid,
                    $"tcId {test.GetProperty("tcId")}: {test.GetProperty("comment")}"
                );
                count++;
            }
        }
        Assert.Equal(file.GetProperty("numberOfTests").GetInt32(), count);
    }
}
