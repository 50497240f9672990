using System.Buffers.Binary;
using System.Text;
using Ledger.Crypto;
using Ledger.Testing;

namespace Ledger.Protocol.Tests;

public sealed class CosignatureTests : IDisposable
{
    private const string Name = "witness.example/w1";

    // A checkpoint of a public log with the cosignatures of its witnesses, as published in 2026, and the key of one of them.
    private const string PublishedKey = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

    private const string Published = """
        arche2025h1.staging.ct.transparency.dev
        1432088532
        U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

        — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
        — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
        — transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
        — witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
        — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
        — witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==

        """;

    private readonly Ed25519PrivateKey _log = Samples.Ed25519Key("log");
    private readonly Cosigner _cosigner = Ed25519Cosignature.Instance.Open(Name, Samples.Hash("witness"));

    private VerifierKey LogKey => VerifierKey.ForEd25519(Samples.Origin, _log.PublicKey);

    private Checkpoint Checkpoint { get; } = new(Samples.Origin, 42, Samples.Hash("root"));

    public void Dispose()
    {
        _log.Dispose();
        _cosigner.Dispose();
    }

    [Fact]
    public void Verify_APublishedCosignature_Holds()
    {
        SignedNote note = Parse(Published.ReplaceLineEndings("\n"));
        VerifierKey key = VerifierKey.Parse(PublishedKey);

        Assert.Same(Ed25519Cosignature.Instance, key.Algorithm);
        Assert.Equal(PublishedKey, key.ToString());
        Assert.True(
            note.TryVerify([key], out IReadOnlyList<VerifiedSignature> signatures, out string problem),
            problem
        );
        Assert.Equal(0x6a122120, Assert.Single(signatures).Time);
        Assert.Contains(signatures[0].Line, Published.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_APublishedCosignatureOfAnotherSize_IsRefused()
    {
        string changed = Published
            .ReplaceLineEndings("\n")
            .Replace("1432088532", "1432088533", StringComparison.Ordinal);

        Assert.False(Parse(changed).Verify([VerifierKey.Parse(PublishedKey)], out string problem));
        Assert.Contains("remora.n621.de", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Cosign_ACheckpoint_SignsTheMessageOfTheSpecification()
    {
        string line = _cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 1_679_315_147);

        // By hand, from the text of tlog-cosignature.
        string[] parts = line.TrimEnd('\n').Split(' ');
        byte[] value = Convert.FromBase64String(parts[2]);
        Assert.Equal(["—", Name], parts[..2]);
        Assert.Equal(4 + 8 + 64, value.Length);
        Assert.Equal(
            System.Security.Cryptography.SHA256.HashData([
                .. Encoding.ASCII.GetBytes(Name),
                0x0a,
                0x04,
                .. _cosigner.Key.PublicKey.Span,
            ])[..4],
            value[..4]
        );
        Assert.Equal(1_679_315_147, BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(4)));
        string message =
            "cosignature/v1\ntime 1679315147\n"
            + $"{Samples.Origin}\n42\n{Convert.ToBase64String(Samples.Hash("root"))}\n";
        Assert.True(Ed25519.Verify(_cosigner.Key.PublicKey.Span, Encoding.ASCII.GetBytes(message), value.AsSpan(12)));
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Cosign_AtNoTime_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 0));

    [Fact]
    public void TryOpen_ACosignedCheckpoint_SaysWhoCosignedAndWhen()
    {
        SignedNote note = Parse(Cosigned());

        Assert.True(
            Checkpoint.TryOpen(note, LogKey, [_cosigner.Key], out Checkpoint? opened, out var cosignatures, out _)
        );
        Assert.Equal(Checkpoint, opened);
        Assert.Equal((_cosigner.Key, 7), (cosignatures.Single().Key, cosignatures.Single().Time));
    }

    [Fact]
    public void TryOpen_AnyBitFlippedInTheCosignature_RefusesTheNote()
    {
        string line = _cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 7);
        byte[] value = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        for (int bit = 32; bit < value.Length * 8; bit++) // after the key id, which would name another key
        {
            byte[] flipped = [.. value];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            string note =
                Encoding.UTF8.GetString(Checkpoint.Sign(_log)) + $"— {Name} {Convert.ToBase64String(flipped)}\n";

            Assert.False(Checkpoint.TryOpen(Parse(note), LogKey, [_cosigner.Key], out _, out _, out _), $"bit {bit}");
            Assert.True(Checkpoint.TryOpen(Parse(note), LogKey, [], out _, out _, out _)); // of an unknown key
        }
    }

    [Fact]
    public void TryOpen_ACosignatureWithoutTheLogs_IsRefused()
    {
        string note = $"{Checkpoint.Body}\n{_cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 7)}";

        Assert.False(Checkpoint.TryOpen(Parse(note), LogKey, [_cosigner.Key], out _, out _, out string problem));
        Assert.Equal("no trusted key signed the note", problem);
    }

    [Fact]
    public void TryOpen_WithAWitnesssKeyAsThatOfTheLog_IsRefused()
    {
        using Cosigner impostor = Ed25519Cosignature.Instance.Open(Samples.Origin, Samples.Hash("impostor"));
        string note = $"{Checkpoint.Body}\n{impostor.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 7)}";

        Assert.True(Parse(note).Verify([impostor.Key], out _));
        Assert.False(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(note), impostor.Key, out _, out _));
    }

    [Fact]
    public void TryVerify_ManyLines_CountsAKeyOnceAndIgnoresStrangers()
    {
        string note = Cosigned();
        for (int i = 0; i < 16; i++)
        {
            using Cosigner stranger = Ed25519Cosignature.Instance.Open($"w{i}.example", Samples.Hash($"w{i}"));
            note += stranger.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 7);
        }
        note += _cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 8);

        Assert.True(Parse(note).TryVerify([LogKey, _cosigner.Key], out var signatures, out _));
        Assert.Equal([LogKey, _cosigner.Key], signatures.Select(static one => one.Key));
    }

    [Fact]
    public void Keys_OfOneKeyUnderTwoTypes_AreTwo()
    {
        VerifierKey asLog = VerifierKey.ForEd25519(Name, _cosigner.Key.PublicKey.Span);

        Assert.NotEqual(asLog, _cosigner.Key);
        Assert.NotEqual(asLog.KeyId, _cosigner.Key.KeyId);
        Assert.True(VerifierKey.TryParse(_cosigner.Key.ToString(), out VerifierKey? parsed));
        Assert.Equal(_cosigner.Key, parsed);
        Assert.False(VerifierKey.TryParse(_cosigner.Key.ToString(), [Ed25519Note.Instance], out _)); // not in the table
    }

    private string Cosigned() =>
        Encoding.UTF8.GetString(Checkpoint.Sign(_log)) + _cosigner.Cosign(Encoding.UTF8.GetBytes(Checkpoint.Body), 7);

    private static SignedNote Parse(string note)
    {
        Assert.True(
            SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out SignedNote? parsed, out string problem),
            problem
        );
        return parsed;
    }
}
