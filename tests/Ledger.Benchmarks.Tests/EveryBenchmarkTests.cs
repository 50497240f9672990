using System.Reflection;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Running;

namespace Ledger.Benchmarks.Tests;

/// <summary>Runs every benchmark once with tiny parameters, so that none can rot between the runs that measure.</summary>
public sealed class EveryBenchmarkTests
{
    public static TheoryData<string> Classes =>
        [.. typeof(Program).Assembly.GetTypes().Where(t => Methods(t).Length != 0).Select(t => t.FullName!)];

    /// <summary>The project's own method and its rivals must have done the same work.</summary>
    [Theory]
    [MemberData(nameof(Classes))]
    public void Benchmark_TinyParameters_GivesWhatItsRivalsGive(string className)
    {
        Type type = typeof(Program).Assembly.GetType(className, throwOnError: true)!;
        MethodInfo[] methods = Methods(type);
        Assert.Contains(methods, m => m.Name == "Ledger");

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

    private static MethodInfo[] Methods(Type type) =>
        [.. type.GetMethods().Where(m => m.GetCustomAttribute<BenchmarkAttribute>() is not null)];

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

    // Buffers are used again by the next method, so a result is kept as text.
    private static string Text(object result) =>
        result switch
        {
            byte[] bytes => Convert.ToHexString(bytes),
            System.Collections.IEnumerable items => string.Join(' ', items.Cast<object>()),
            _ => result.ToString()!,
        };
}
