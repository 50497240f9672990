using System.Text.Json;

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

    /// <summary>RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )]
    public void SignAndVerify_PublishedMessages_ArePublishedSignatures(
        string seed,
        string publicKey,
        string message,
        string signature
    )
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(Convert.FromHexString(seed));
        byte[] actual = new byte[64];
        key.Sign(Convert.FromHexString(message), actual);
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(actual));
        Assert.True(Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), actual));
    }

    [Fact]
    public void Verify_PublishedSignedNotes_IsTrue()
    {
        // C2SP signed-note 1.0.0: the key after its type byte 01, the signature after its key ID of 4 bytes.
        (string Key, string Text, string Line)[] notes =
        [
            (
                "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "This is an example message.\n",
                "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
            ),
            (
                "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
                "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n",
                "Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ="
            ),
        ];
        foreach ((string key, string text, string line) in notes)
        {
            byte[] publicKey = Convert.FromBase64String(key)[1..];
            byte[] message = System.Text.Encoding.UTF8.GetBytes(text);
            Assert.True(Ed25519.Verify(publicKey, message, Convert.FromBase64String(line)[4..]));
            Assert.False(Ed25519.Verify(publicKey, message[..^1], Convert.FromBase64String(line)[4..]));
        }
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFalse()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(new byte[32]);
        byte[] signature = new byte[64];
        key.Sign("message"u8, signature);
        foreach (int part in (ReadOnlySpan<int>)[0, 1, 2])
        {
            byte[][] input = [key.PublicKey.ToArray(), "message"u8.ToArray(), [.. signature]];
            byte[] bytes = input[part];
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519.Verify(input[0], input[1], input[2]), $"part {part}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
            Assert.True(Ed25519.Verify(input[0], input[1], input[2]));
        }
    }

    [Fact]
    public void Verify_WrongLengths_IsFalse()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(new byte[32]);
        byte[] signature = new byte[64];
        key.Sign([], signature);
        for (int length = 0; length <= 130; length++)
        {
            byte[] other = new byte[length];
            byte[] resized = new byte[length];
            signature.AsSpan(0, Math.Min(length, 64)).CopyTo(resized);
            Assert.Equal(length == 64, Ed25519.Verify(key.PublicKey, [], resized));
            Assert.True(length == 32 || !Ed25519.Verify(other, [], signature));
        }
    }

    [Fact]
    public void Verify_ManyThreadsAndKeys_JudgesEachByItsOwnKey()
    {
        // Threads keep the key they saw last: neighbours here have the same key, another one, or none at all.
        Ed25519PrivateKey[] keys = [.. Enumerable.Range(0, 3).Select(_ => Ed25519PrivateKey.Generate())];
        byte[] notAPoint = [.. Enumerable.Repeat((byte)0xff, 32)];
        Parallel.For(
            0,
            600,
            i =>
            {
                byte[] message = BitConverter.GetBytes(i);
                byte[] signature = new byte[64];
                Ed25519PrivateKey key = keys[i / 2 % 3];
                key.Sign(message, signature);
                Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
                Assert.False(Ed25519.Verify(keys[((i / 2) + 1) % 3].PublicKey, message, signature));
                Assert.False(Ed25519.Verify(notAPoint, message, signature));
                Assert.False(Ed25519.Verify(notAPoint, message, signature));
                Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
            }
        );
        Array.ForEach(keys, k => k.Dispose());
    }

    [Fact]
    public void SignAndVerify_Warm_AllocatesNothing()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        using Ed25519PrivateKey other = Ed25519PrivateKey.Generate();
        byte[] publicKey = key.PublicKey.ToArray();
        byte[] otherKey = other.PublicKey.ToArray();
        byte[] message = new byte[300];
        byte[] signature = new byte[64];
        Allocation.AssertNone(() => key.Sign(message, signature));
        Allocation.AssertNone(() => Ed25519.Verify(publicKey, message, signature));
        Allocation.AssertNone(() =>
        {
            Ed25519.Verify(publicKey, message, signature);
            Ed25519.Verify(otherKey, message, signature);
        });
    }
}
