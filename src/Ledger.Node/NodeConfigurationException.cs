namespace Ledger.Node;

/// <summary>A node that cannot be started as configured. The message is meant for the operator and says what to change.</summary>
public sealed class NodeConfigurationException : Exception
{
    /// <summary>A node that cannot be started as configured.</summary>
    public NodeConfigurationException() { }

    /// <summary>Says what to change.</summary>
    public NodeConfigurationException(string message)
        : base(message) { }

    /// <summary>Says what to change.</summary>
    public NodeConfigurationException(string message, Exception innerException)
        : base(message, innerException) { }
}
