using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>
/// What must hold at every height: in each class, the live tokens, the owner index, the balances, and minted − burned are one
/// number; and every index holds exactly what the records say.
/// </summary>
public static class Conservation
{
    /// <summary>Checks records and indexes against each other.</summary>
    /// <param name="records">Every current record.</param>
    /// <param name="indexes">Every key of the indexes that the rules keep.</param>
    /// <returns>What disagrees, for a person; null when all is well.</returns>
    public static string? FindProblem(
        IEnumerable<KeyValuePair<RecordKey, VersionedRecord>> records,
        IReadOnlySet<IndexKey> indexes
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(indexes);

        Dictionary<string, ClassRecord> classes = [];
        Dictionary<string, SupplyRecord> supplies = [];
        Dictionary<string, (ulong Live, ulong Burned)> tokens = [];
        Dictionary<(string Owner, string ClassId), ulong> held = [];
        Dictionary<(string Owner, string ClassId), ulong> balances = [];
        long expectedKeys = 0;

        foreach ((RecordKey key, VersionedRecord version) in records)
        {
            IReadOnlyList<IndexKey> expected = Indexing.KeysOf(version.Record);
            switch (version.Record)
            {
                case ClassRecord tokenClass:
                    classes.Add(tokenClass.Id, tokenClass);
                    break;
                case SupplyRecord supply:
                    supplies.Add(supply.ClassId, supply);
                    break;
                case TokenRecord token:
                    (ulong live, ulong burned) = tokens.GetValueOrDefault(token.ClassId);
                    if (token.State == TokenState.Live)
                    {
                        tokens[token.ClassId] = (live + 1, burned);
                        held[(token.Owner, token.ClassId)] = held.GetValueOrDefault((token.Owner, token.ClassId)) + 1;
                    }
                    else
                    {
                        tokens[token.ClassId] = (live, burned + 1);
                    }

                    break;
                case BalanceRecord balance:
                    balances.Add((balance.Owner, balance.ClassId), balance.Count);
                    break;
            }

            foreach (IndexKey indexKey in expected)
            {
                if (!indexes.Contains(indexKey))
                {
                    return $"The record {key} is missing from the indexes: {indexKey}.";
                }
            }

            expectedKeys += expected.Count;
        }

        // All that should be there is there; as many as there should be, so nothing else is.
        if (expectedKeys != indexes.Count)
        {
            return $"The indexes hold {indexes.Count} keys; the records make {expectedKeys}.";
        }

        return FindProblem(classes, supplies, tokens) ?? FindProblem(held, balances);
    }

    private static string? FindProblem(
        Dictionary<string, ClassRecord> classes,
        Dictionary<string, SupplyRecord> supplies,
        Dictionary<string, (ulong Live, ulong Burned)> tokens
    )
    {
        foreach ((string classId, (ulong live, ulong burned)) in tokens)
        {
            if (!classes.ContainsKey(classId))
            {
                return $"There are {live + burned} tokens of the class {classId}, which does not exist.";
            }
        }

        if (supplies.Count > classes.Count)
        {
            return $"There are {classes.Count} classes, and counts of the tokens of {supplies.Count}.";
        }

        foreach ((string classId, ClassRecord tokenClass) in classes)
        {
            (ulong live, ulong burned) = tokens.GetValueOrDefault(classId);
            if (!supplies.TryGetValue(classId, out SupplyRecord? supply))
            {
                return $"The class {classId} has no count of its tokens.";
            }

            if (supply.Minted != live + burned || supply.Burned != burned)
            {
                return $"The class {classId} counts {supply.Minted} minted and {supply.Burned} burned; "
                    + $"there are {live} live and {burned} burned tokens.";
            }

            if (supply.Minted > tokenClass.MaxSupply)
            {
                return $"The class {classId} has {supply.Minted} tokens of at most {tokenClass.MaxSupply}.";
            }
        }

        return null;
    }

    private static string? FindProblem(
        Dictionary<(string Owner, string ClassId), ulong> held,
        Dictionary<(string Owner, string ClassId), ulong> balances
    )
    {
        foreach (((string owner, string classId), ulong count) in held)
        {
            ulong balance = balances.GetValueOrDefault((owner, classId));
            if (balance != count)
            {
                return $"The balance of {owner} in {classId} is {balance}; it holds {count} tokens.";
            }
        }

        foreach (((string owner, string classId), ulong balance) in balances)
        {
            if (balance != held.GetValueOrDefault((owner, classId)))
            {
                return $"The balance of {owner} in {classId} is {balance}; it holds no tokens.";
            }
        }

        return null;
    }
}
