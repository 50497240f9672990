using System.Security.Cryptography;
using System.Text;
using Ledger.PostQuantum;
using Ledger.Protocol;
using Ledger.Testing;

namespace Ledger.Witness.Tests;

/// <summary>A witness with its memory in a folder of its own, and a log that it knows.</summary>
internal sealed class WitnessScene : IDisposable
{
    public const string Origin = "log.example/a";

    private readonly TemporaryFolder _folder = new();

    public WitnessScene(bool isNew = true, bool postQuantum = false)
    {
        Cosigners =
        [
            Ed25519Cosignature.Instance.Open("witness.example/w", SHA256.HashData("w"u8)),
            .. postQuantum
                ? [MlDsa44Cosignature.Instance.Open("witness.example/w", SHA256.HashData("pq"u8))]
                : Array.Empty<Cosigner>(),
        ];
        if (isNew)
        {
            Array.ForEach(Cosigners, one => WitnessFolder.Enter(Folder, one.Key));
        }

        Witness = Open();
    }

    public ReferenceLog Log { get; } = new(Origin, 40);

    public Cosigner[] Cosigners { get; }

    public ManualTime Time { get; } = new();

    public CheckpointWitness Witness { get; private set; }

    public string Folder => _folder["memory"];

    /// <summary>Ends the witness, and starts it again on the same folder.</summary>
    public void Restart()
    {
        Witness.Dispose();
        Witness = Open();
    }

    public CheckpointWitness Open()
    {
        WitnessFolder folder = WitnessFolder.Open(Folder, Cosigners.Select(static one => one.Key));
        try
        {
            return new CheckpointWitness(folder, Cosigners, [Log.Verifier], Time);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Asks as an honest log does, and requires its cosignatures.</summary>
    public void Cosign(int oldSize, int size)
    {
        WitnessAnswer answer = Witness.AddCheckpoint(Log.Request(oldSize, size));
        Assert.Equal((200, ""), (answer.Status, answer.Status == 200 ? "" : answer.Text));
        Assert.Equal(
            Cosigners.Select(static one => one.Key),
            Verify(Log.At(size), answer.Text).Select(static one => one.Key)
        );
    }

    /// <summary>Verifies the lines of an answer.</summary>
    public IReadOnlyList<VerifiedSignature> Verify(Checkpoint checkpoint, string lines)
    {
        byte[] note = Encoding.UTF8.GetBytes($"{checkpoint.Body}\n{lines}");
        Assert.True(SignedNote.TryParse(note, out SignedNote? parsed, out string problem), problem);
        Assert.Equal(checkpoint.Body, parsed.Text);
        Assert.True(
            parsed.TryVerify([.. Cosigners.Select(static one => one.Key)], out var verified, out problem),
            problem
        );
        return verified;
    }

    public void Dispose()
    {
        Witness.Dispose();
        Array.ForEach(Cosigners, static one => one.Dispose());
        Log.Dispose();
        _folder.Dispose();
    }
}
