using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Reference;

namespace Ledger.Crypto.Tests;

/// <summary>
/// The switches that force a path. They work when a process starts, so each is tested in a process of its own: this
/// assembly again, which runs <see cref="AnyPath_SignaturesAndHashes_AreRight"/> and writes down what it ran by.
/// </summary>
public sealed class VectorPathsTests
{
    private const string ReportVariable = "LEDGER_VECTOR_PATHS_REPORT";
    private static readonly string[] Switches = ["DOTNET_EnableAVX512F", "DOTNET_EnableAVX512", "DOTNET_EnableAVX2"];

    /// <summary>What a process chose, and what it has: the instructions that the widest and the narrower path need.</summary>
    private sealed record Report(
        VectorPath Signatures,
        VectorPath Hashes,
        bool Has512ForSignatures,
        bool Has512ForHashes,
        bool Has256ForSignatures,
        bool Has256ForHashes
    );

    [Fact]
    public async Task Process_NoSwitch_TakesTheWidestPathOfTheProcessor()
    {
        Report report = await RunAsync(null);

        Assert.Equal(Widest(report.Has512ForSignatures, report.Has256ForSignatures), report.Signatures);
        Assert.Equal(Widest(report.Has512ForHashes, report.Has256ForHashes), report.Hashes);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512F")] // before .NET 10; this runtime ignores it
    [InlineData("DOTNET_EnableAVX512")]
    public async Task Process_Avx512SwitchedOff_TakesAvx2(string name)
    {
        Report unswitched = await RunAsync(null);
        Assert.SkipUnless(unswitched.Signatures == VectorPath.Avx512, "There is no AVX-512 to switch off.");

        Report report = await RunAsync(name);

        Assert.Equal(VectorPath.Avx2, report.Signatures);
        Assert.Equal(VectorPath.Avx2, report.Hashes);
    }

    [Fact]
    public async Task Process_Avx2SwitchedOff_TakesNoVectors()
    {
        Report unswitched = await RunAsync(null);
        Assert.SkipWhen(unswitched.Signatures == VectorPath.None, "There is no AVX2 to switch off.");

        Report report = await RunAsync("DOTNET_EnableAVX2");

        Assert.Equal(VectorPath.None, report.Signatures);
        Assert.Equal(VectorPath.None, report.Hashes);
    }

    [Fact]
    public void AnyPath_SignaturesAndHashes_AreRight()
    {
        AssertVerdictsAreRight();
        AssertDigestsAreRight();

        if (Environment.GetEnvironmentVariable(ReportVariable) is { } path)
        {
            Report report = new(
                VectorPaths.Signatures,
                VectorPaths.Hashes,
                Avx512F.IsSupported && Avx512DQ.IsSupported,
                Avx512BW.IsSupported,
                Avx2.IsSupported && Fma.IsSupported,
                Avx2.IsSupported
            );
            File.WriteAllText(path, JsonSerializer.Serialize(report));
        }
    }

    private static VectorPath Widest(bool has512, bool has256) =>
        has512 ? VectorPath.Avx512
        : has256 ? VectorPath.Avx2
        : VectorPath.None;

    /// <summary>Whole lanes and some left over, and enough for equations to be added up; every fifth is not valid.</summary>
    private static void AssertVerdictsAreRight()
    {
        const int Count = 60;
        byte[] keys = new byte[33 * Count];
        byte[] hashes = new byte[32 * Count];
        byte[] signatures = new byte[64 * Count];
        byte[] hints = new byte[Count];
        bool[] expected = new bool[Count];
        for (int i = 0; i < Count; i++)
        {
            byte[] secret = SHA256.HashData([(byte)i]);
            Span<byte> key = keys.AsSpan(33 * i, 33);
            Span<byte> hash = hashes.AsSpan(32 * i, 32);
            Span<byte> signature = signatures.AsSpan(64 * i, 64);
            ReferenceEcdsa
                .Encode(ReferenceEcdsa.Multiply(ReferenceEcdsa.Number(secret), ReferenceEcdsa.G)!)
                .CopyTo(key);
            SHA256.HashData(secret, hash);
            ReferenceEcdsa.SignDeterministic(secret, hash).CopyTo(signature);
            Assert.True(EcdsaRecovery.TryFindRecoveryId(key, hash, signature, out int hint));
            hints[i] = (byte)hint;
            expected[i] = i % 5 != 0;
            hash[7] ^= (byte)(expected[i] ? 0 : 1);
        }

        bool[] verdicts = new bool[Count];
        Ecdsa.VerifyBatch(keys, hashes, signatures, verdicts);
        Assert.Equal(expected, verdicts);

        verdicts = new bool[Count];
        Assert.False(EcdsaHintedBatch.Verify(keys, hashes, signatures, hints, verdicts));
        Assert.Equal(expected, verdicts);
    }

    private static void AssertDigestsAreRight()
    {
        const int Count = 37;
        int[] lengths = [.. Enumerable.Range(0, Count).Select(i => 7 * i)];
        byte[] entries = new byte[lengths.Sum()];
        byte[] pairs = new byte[64 * Count];
        new Random(1).NextBytes(entries);
        new Random(2).NextBytes(pairs);
        byte[] leaves = new byte[32 * Count];
        byte[] nodes = new byte[32 * Count];

        MerkleHash.HashLeaves(entries, lengths, leaves);
        MerkleHash.HashNodes(pairs, nodes);

        int start = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] leaf = SHA256.HashData([0, .. entries.AsSpan(start, lengths[i])]);
            byte[] node = SHA256.HashData([1, .. pairs.AsSpan(64 * i, 64)]);
            Assert.Equal(leaf, leaves[(32 * i)..(32 * (i + 1))]);
            Assert.Equal(node, nodes[(32 * i)..(32 * (i + 1))]);
            start += lengths[i];
        }
    }

    /// <summary>Runs the probe in a process with this switch off, or with none of them set.</summary>
    private static async Task<Report> RunAsync(string? switchedOff)
    {
        string path = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(Path.ChangeExtension(typeof(VectorPathsTests).Assembly.Location, null))
            {
                ArgumentList =
                {
                    "-method",
                    $"{typeof(VectorPathsTests)}.{nameof(AnyPath_SignaturesAndHashes_AreRight)}",
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string name in Switches)
            {
                start.Environment.Remove(name);
            }
            if (switchedOff is not null)
            {
                start.Environment[switchedOff] = "0";
            }
            start.Environment[ReportVariable] = path;

            using Process process = Process.Start(start) ?? throw new InvalidOperationException("It does not start.");
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{output}{await error}");
            return JsonSerializer.Deserialize<Report>(await File.ReadAllTextAsync(path))!;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
