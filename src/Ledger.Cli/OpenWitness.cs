using Ledger.Protocol;
using Ledger.Witness;

namespace Ledger.Cli;

/// <summary>A witness with its keys, which are cleared when it is disposed of.</summary>
internal sealed class OpenWitness : IDisposable
{
    private readonly List<Cosigner> _cosigners;

    private OpenWitness(CheckpointWitness witness, List<Cosigner> cosigners)
    {
        Witness = witness;
        _cosigners = cosigners;
    }

    /// <summary>The witness.</summary>
    public CheckpointWitness Witness { get; }

    /// <summary>Opens a witness.</summary>
    /// <param name="folder">Its memory.</param>
    /// <param name="keyFiles">Files with its keys.</param>
    /// <param name="logs">Keys of the logs that it knows.</param>
    /// <exception cref="IOException">Keys or memory are missing or cannot be read, or the memory is in use.</exception>
    public static OpenWitness Open(string folder, IReadOnlyList<string> keyFiles, IReadOnlyList<VerifierKey> logs)
    {
        List<Cosigner> cosigners = [];
        WitnessFolder? memory = null;
        try
        {
            foreach (string file in keyFiles)
            {
                cosigners.Add(WitnessKeyFile.Read(file));
            }

            memory = WitnessFolder.Open(Path.GetFullPath(folder), cosigners.Select(static one => one.Key));
            return new OpenWitness(new CheckpointWitness(memory, cosigners, logs, TimeProvider.System), cosigners);
        }
        catch
        {
            memory?.Dispose();
            cosigners.ForEach(static one => one.Dispose());
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Witness.Dispose();
        _cosigners.ForEach(static one => one.Dispose());
    }
}
