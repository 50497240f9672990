using System.Reflection;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;

namespace Ledger.Benchmarks.Tests;

/// <summary>Runs every benchmark once with tiny parameters, so that none can rot between the runs that measure.</summary>
public sealed class EveryBenchmarkTests
{
    public static TheoryData<string> Classes =>
        [.. typeof(Program).Assembly.GetTypes().Where(t => Methods(t).Length != 0).Select(t => t.FullName!)];

    /// <summary>Those of them that verify signatures.</summary>
    public static TheoryData<string> Verifiers =>
        [.. typeof(Program).Assembly.GetTypes().Where(t => SignedField(t) is not null).Select(t => t.FullName!)];

    /// <summary>The project's own method and its rivals must have done the same work.</summary>
    [Theory]
    [MemberData(nameof(Classes))]
    public void Benchmark_TinyParameters_GivesWhatItsRivalsGive(string className)
    {
        object benchmarks = Tiny(className);
        MethodInfo[] methods = Methods(benchmarks.GetType());
        Assert.Contains(methods, m => m.Name == "Ledger");
        Run<GlobalSetupAttribute>(benchmarks);
        try
        {
            string? expected = null;
            foreach (MethodInfo method in methods)
            {
                Assert.True(
                    method.ReturnType != typeof(void),
                    $"{className}.{method.Name} returns nothing to compare."
                );
                string result = Text(method.Invoke(benchmarks, null)!);
                expected ??= result;
                Assert.Equal(expected, result);
            }
        }
        finally
        {
            Run<GlobalCleanupAttribute>(benchmarks);
        }
    }

    /// <summary>What verifies signatures must find the valid ones valid, and the one that is not.</summary>
    [Theory]
    [MemberData(nameof(Verifiers))]
    public void Verifier_OneSignatureSpoiled_RefusesThatOneOnly(string className)
    {
        object benchmarks = Tiny(className);
        Run<GlobalSetupAttribute>(benchmarks);
        SignedHashes signed = Signed(benchmarks);
        Assert.NotEqual(0, signed.Count);
        foreach (MethodInfo method in Methods(benchmarks.GetType()))
        {
            int spoiled = signed.Count / 3;
            for (int turn = 0; turn < 2; turn++)
            {
                bool[] verdicts = Assert.IsType<bool[]>(method.Invoke(benchmarks, null));
                Assert.Equal(Enumerable.Range(0, signed.Count).Select(i => turn == 0 || i != spoiled), verdicts);
                signed.SignatureOf(spoiled)[40] ^= 1;
            }
        }
    }

    /// <summary>The benchmarks of a class, not yet set up, with their tiny parameters.</summary>
    private static object Tiny(string className)
    {
        Type type = typeof(Program).Assembly.GetType(className, throwOnError: true)!;
        object benchmarks = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is not null)
            {
                TinyAttribute? tiny = property.GetCustomAttribute<TinyAttribute>();
                Assert.True(tiny is not null, $"{className}.{property.Name} has no [Tiny] value.");
                property.SetValue(benchmarks, tiny.Value);
            }
        }
        return benchmarks;
    }

    private static FieldInfo? SignedField(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .SingleOrDefault(f => f.FieldType == typeof(SignedHashes));

    private static SignedHashes Signed(object benchmarks) =>
        (SignedHashes)SignedField(benchmarks.GetType())!.GetValue(benchmarks)!;

    private static MethodInfo[] Methods(Type type) =>
        [
            .. type.GetMethods()
                .Where(m => m.GetCustomAttribute<BenchmarkAttribute>() is not null && AbsentRivals.CanRun(m)),
        ];

    private static void Run<TAttribute>(object benchmarks)
        where TAttribute : Attribute
    {
        foreach (MethodInfo method in benchmarks.GetType().GetMethods())
        {
            if (method.GetCustomAttribute<TAttribute>() is not null)
            {
                method.Invoke(benchmarks, null);
            }
        }
    }

    // Buffers are used again by the next method, so a result is kept as text, and wiped lest the next one's be taken for
    // its own.
    private static string Text(object result)
    {
        string text = result switch
        {
            byte[] bytes => Convert.ToHexString(bytes),
            System.Collections.IEnumerable items => string.Join(' ', items.Cast<object>()),
            _ => result.ToString()!,
        };
        if (result is Array array)
        {
            Array.Clear(array);
        }
        return text;
    }
}
