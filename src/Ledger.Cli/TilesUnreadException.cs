namespace Ledger.Cli;

/// <summary>Tiles could not be read, or are missing: that says nothing of the log.</summary>
internal sealed class TilesUnreadException(IOException cause) : IOException(cause.Message, cause);
