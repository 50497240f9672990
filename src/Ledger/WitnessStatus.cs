using Ledger.Protocol;

namespace Ledger;

/// <summary>How a witness of the log's policy stands.</summary>
/// <param name="Witness">Its name, key and address.</param>
/// <param name="CosignedSize">Size of the largest checkpoint that it cosigned since the start or as was kept; 0: none.</param>
/// <param name="CosignedTime">When it says that it did, Unix seconds; 0: never.</param>
/// <param name="Problem">Why it has not cosigned since, for a person; null: nothing is wrong.</param>
/// <param name="ProblemSinceMs">Since when something is, Unix milliseconds; 0: nothing is.</param>
public sealed record WitnessStatus(
    PolicyWitness Witness,
    long CosignedSize,
    long CosignedTime,
    string? Problem,
    long ProblemSinceMs
);
