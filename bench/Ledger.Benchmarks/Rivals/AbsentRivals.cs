using System.Reflection;
using BenchmarkDotNet.Attributes;
using Ledger.Testing;

namespace Ledger.Benchmarks.Rivals;

/// <summary>Rivals that this machine does not have: what runs them is left out, and said to be.</summary>
internal static class AbsentRivals
{
    /// <summary>A line that says what is left out and how to have it; null where nothing is.</summary>
    public static string? Notice => Libsecp256k1.IsAvailable ? null : "Left out: " + Libsecp256k1.Absent;

    /// <summary>Whether a benchmark can run here.</summary>
    public static bool CanRun(MethodInfo benchmark) =>
        Libsecp256k1.IsAvailable
        || benchmark.GetCustomAttribute<BenchmarkAttribute>()?.Description != Libsecp256k1.Name;
}
