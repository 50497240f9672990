using System.Globalization;
using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Tokens come into being: mint, batch mint.</summary>
internal static class MintRules
{
    // A token's record and its keys in two indexes.
    private const int TokenRows = 3;

    public static VerbRule[] All =>
        [
            VerbRule.Of<Mint>(new(RoleSet.Of(Role.Issuer), Relations.ClassIssuer), Mint),
            VerbRule.Of<BatchMint>(
                new(RoleSet.Of(Role.Issuer), Relations.ClassIssuer),
                BatchMint,
                static body => TokenRows * body.Items.Count
            ),
        ];

    /// <summary>
    /// Automatic numbers lie below this. An explicit identifier that is a number raises the class's next number above it, so that an
    /// automatic number is not taken; from format 1 on only if it is a number that tokens can come to, or one identifier could end
    /// the numbering of its class.
    /// </summary>
    private const ulong NumbersEnd = 1UL << 63;

    public static ReasonCode Mint(Turn turn, Mint body) =>
        MintAll(turn, body.ClassId, body.Owner, [new MintItem { TokenId = body.TokenId, Content = body.Content }]);

    public static ReasonCode BatchMint(Turn turn, BatchMint body) =>
        MintAll(turn, body.ClassId, body.Owner, body.Items);

    private static ReasonCode MintAll(Turn turn, string classId, string owner, RepeatedField<MintItem> items)
    {
        ClassRecord? tokenClass = turn.Find<ClassRecord>(RecordKey.Class(classId));
        if (tokenClass is null)
        {
            return ReasonCode.ClassNotFound;
        }

        if (!turn.Allows(Tokens.IsIssuer(turn, tokenClass) ? Relations.ClassIssuer : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        ReasonCode reason = PilotRules.JudgeRunning(turn, tokenClass.PilotId);
        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgePause(turn, tokenClass);
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        // Never negative: minted is at most the maximum.
        SupplyRecord supply = turn.Find<SupplyRecord>(RecordKey.Supply(classId))!;
        if ((ulong)items.Count > checked(tokenClass.MaxSupply - supply.Minted))
        {
            return ReasonCode.SupplyExceeded;
        }

        PilotFiguresRecord figures = PilotFileRules.Figures(turn, tokenClass.PilotId);
        figures.Minted = checked(figures.Minted + (ulong)items.Count);
        PilotBoundary? boundary = Tokens.BoundaryOf(turn, tokenClass);
        if (boundary is { MaxTokens: > 0 } && figures.Minted > boundary.MaxTokens)
        {
            return ReasonCode.PilotTokensExceeded;
        }

        ulong nextNumber = supply.NextNumber;
        reason = NameTokens(turn, classId, items, ref nextNumber, out string[] tokenIds);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        reason = Tokens.JudgeReceiver(turn, tokenClass, owner, boundary);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        for (int i = 0; i < tokenIds.Length; i++)
        {
            turn.Put(
                RecordKey.Token(classId, tokenIds[i]),
                new TokenRecord
                {
                    ClassId = classId,
                    TokenId = tokenIds[i],
                    Owner = owner,
                    Content = items[i].Content,
                    State = TokenState.Live,
                    MintedIndex = turn.EntryIndex,
                    AcquiredMs = turn.TimeMs,
                }
            );
            turn.Emit(
                new Effect
                {
                    Minted = new Minted
                    {
                        ClassId = classId,
                        TokenId = tokenIds[i],
                        Owner = owner,
                        PilotId = tokenClass.PilotId,
                    },
                }
            );
        }

        Tokens.AddToBalance(turn, owner, classId, (ulong)tokenIds.Length);
        SupplyRecord changed = supply.Clone();
        changed.Minted = checked(changed.Minted + (ulong)tokenIds.Length);
        changed.NextNumber = nextNumber;
        turn.Put(RecordKey.Supply(classId), changed);
        turn.Put(RecordKey.PilotFigures(tokenClass.PilotId), figures);
        return ReasonCode.Applied;
    }

    // The identifier of every token, in order: its own, or the next number.
    private static ReasonCode NameTokens(
        Turn turn,
        string classId,
        RepeatedField<MintItem> items,
        ref ulong nextNumber,
        out string[] tokenIds
    )
    {
        tokenIds = new string[items.Count];
        HashSet<string>? named = items.Count > 1 ? new HashSet<string>(items.Count, StringComparer.Ordinal) : null;
        for (int i = 0; i < tokenIds.Length; i++)
        {
            string tokenId = items[i].TokenId;
            if (tokenId.Length == 0)
            {
                if (nextNumber >= NumbersEnd)
                {
                    return ReasonCode.SupplyExceeded; // of numbers
                }

                tokenId = nextNumber.ToString(CultureInfo.InvariantCulture);
            }

            if (named is not null && !named.Add(tokenId))
            {
                return ReasonCode.DuplicateInBatch;
            }

            if (turn.Find<TokenRecord>(RecordKey.Token(classId, tokenId)) is { } taken)
            {
                // A burned token is a tombstone: naming it tells the caller that nothing will ever free the identifier.
                return taken.State == TokenState.Burned ? ReasonCode.TokenBurned : ReasonCode.TokenExists;
            }

            if (
                TryReadNumber(tokenId, out ulong number)
                && number >= nextNumber
                && (number <= Limits.SupplyMax || turn.Format < 1 || items[i].TokenId.Length == 0)
            )
            {
                nextNumber = number + 1;
            }

            tokenIds[i] = tokenId;
        }

        return ReasonCode.Applied;
    }

    // Whether an identifier is spelled as an automatic number would be: decimal, no leading zeros, below the end of numbers.
    private static bool TryReadNumber(string tokenId, out ulong number)
    {
        number = 0;
        return tokenId.Length <= 19 // 2^63 has 19 digits
            && (tokenId[0] != '0' || tokenId.Length == 1)
            && ulong.TryParse(tokenId, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number < NumbersEnd;
    }
}
