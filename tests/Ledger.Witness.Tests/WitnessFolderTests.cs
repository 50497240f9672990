using System.Security.Cryptography;
using Ledger.Protocol;
using Ledger.Testing;

namespace Ledger.Witness.Tests;

public sealed class WitnessFolderTests
{
    [Fact]
    public void Open_ALostFolder_IsRefused()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        scene.Witness.Dispose();
        Directory.Delete(scene.Folder, recursive: true);

        Assert.Contains("does not hold the memory", Assert.Throws<WitnessException>(scene.Open).Message);
        Directory.CreateDirectory(scene.Folder); // an empty volume
        Assert.Throws<WitnessException>(scene.Open);
    }

    [Fact]
    public void Open_TheFolderOfAnotherKey_IsRefused()
    {
        using WitnessScene scene = new();
        using Cosigner other = Ed25519Cosignature.Instance.Open("witness.example/w", SHA256.HashData("other"u8));
        scene.Witness.Dispose();

        Assert.Throws<WitnessException>(() => WitnessFolder.Open(scene.Folder, [other.Key]));
        WitnessFolder.Enter(scene.Folder, other.Key);
        using WitnessFolder both = WitnessFolder.Open(scene.Folder, [other.Key, scene.Cosigners[0].Key]);
    }

    [Fact]
    public void Open_AFolderInUse_IsRefused()
    {
        using WitnessScene scene = new();

        Assert.Contains("in use", Assert.Throws<WitnessException>(scene.Open).Message);
    }

    [Fact]
    public void Enter_AFolderWithSomethingElse_IsRefused()
    {
        using TemporaryFolder folder = new();
        using Cosigner key = Ed25519Cosignature.Instance.Open("witness.example/w", SHA256.HashData("w"u8));
        File.WriteAllText(folder["photo"], "");

        Assert.Throws<WitnessException>(() => WitnessFolder.Enter(folder.Path, key.Key));
    }

    [Fact]
    public void Open_AnyByteOfTheMemoryChanged_IsRefusedOrSaysTheSame()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        scene.Witness.Dispose();
        string file = Directory.GetFiles(scene.Folder).Single(static f => Path.GetFileName(f).Length == 64);
        byte[] good = File.ReadAllBytes(file);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            File.WriteAllBytes(file, bad);
            Assert.Throws<WitnessException>(scene.Open);
        }
        File.WriteAllBytes(file, []);
        Assert.Throws<WitnessException>(scene.Open);
        File.WriteAllBytes(file, good);
        scene.Restart();
        scene.Cosign(7, 7);
    }

    [Fact]
    public void Open_AHalfWrittenSuccessor_IsNotRead()
    {
        using WitnessScene scene = new();
        scene.Cosign(0, 7);
        string file = Directory.GetFiles(scene.Folder).Single(static f => Path.GetFileName(f).Length == 64);
        File.WriteAllText(file + ".new", "old");

        scene.Restart();

        scene.Cosign(7, 8);
    }
}
