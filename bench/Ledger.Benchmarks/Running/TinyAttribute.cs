namespace Ledger.Benchmarks.Running;

/// <summary>The value of a parameter with which the tests run a benchmark once, so that it cannot rot.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TinyAttribute(object value) : Attribute
{
    /// <summary>Small enough for a test to take milliseconds.</summary>
    public object Value { get; } = value;
}
