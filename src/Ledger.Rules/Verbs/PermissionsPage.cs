using System.Text;
using Google.Protobuf.Reflection;
using Ledger.Rules.Authority;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>
/// Prints who may do what as a page of the documentation, in markdown: <see cref="VerbRules"/> and <see cref="Permissions"/>.
/// </summary>
public static class PermissionsPage
{
    private static readonly (Relations Relation, string Text)[] RelationTexts =
    [
        (Relations.NewDid, "the DID that it creates"),
        (Relations.Subject, "the DID itself"),
        (Relations.Controller, "a controller in its current document"),
        (Relations.ClassIssuer, "the issuer of the class"),
        (Relations.TokenOwner, "the owner of the token"),
        (Relations.TokenApproved, "approved for the token"),
        (Relations.TokenOperator, "an operator of the owner in the class"),
        (Relations.OfferReceiver, "the one that the token was offered to"),
        (Relations.PilotSponsor, "the sponsor of the pilot"),
        (Relations.PartyPlatform, "the platform that the party uses"),
        (Relations.Proposer, "the proposer of the version"),
    ];

    private static readonly EnumDescriptor[] Enums =
    [
        .. PartyReflection.Descriptor.EnumTypes,
        .. TokenReflection.Descriptor.EnumTypes,
        .. PilotReflection.Descriptor.EnumTypes,
    ];

    /// <summary>The page.</summary>
    public static string Print()
    {
        StringBuilder page = new();
        page.Append("# Permissions\n\n")
            .Append("Printed from the tables that the rules read, in `src/Ledger.Rules`; a test fails when they ")
            .Append("differ. What is not named here is refused: `NOT_ADMITTED` when the actor is not a party, ")
            .Append(
                "`NOT_AUTHORISED` when it has none of the roles or is none of what is asked for. Whoever acts must have "
            )
            .Append(
                "an active DID, and, where a role is asked for, an account that is ACTIVE on both sides. A role holds "
            )
            .Append(
                "in the scope for which it was granted and in all that belongs to it: the ledger, a pilot, a class.\n"
            );

        page.Append("\n## Verbs\n\nWhich roles let a party use a verb, and what the actor must be besides.\n\n");
        AppendTable(page, ["verb", .. RoleNames(), "actor is", "approved by", "besides"], VerbRules.All, VerbRow);
        page.Append("\n*: the actor need not be a party.\n");

        page.Append(
                "\n## Grants\n\nRoles that the holder of a role grants, by `admit_party` and `grant_role`. SUPERVISOR is "
            )
            .Append("granted with the approval of a second party alone, a SUPERVISOR or SUPERVISOR_DEPUTY; the first ")
            .Append("supervisor is named by the founding operation. Nobody grants a role to themselves, and nobody ")
            .Append("approves their own act: the two parties share no key, and neither controls the other.\n\n");
        AppendTable(
            page,
            ["granted by", .. RoleNames()],
            Permissions.Grants,
            row => [NameOf(row.Grantor), .. Marks(row.Grants)]
        );

        page.Append("\n## Burning\n\nWho may burn a token, by the burn authority of its class.\n\n");
        AppendTable(
            page,
            ["burn authority", "actor is"],
            Permissions.Burners,
            row => [NameOf(row.Authority), TextOf(row.Relations, "nobody")]
        );

        page.Append("\n## Moves of pilots\n\nBy `move_pilot`. A supervisor moves no pilot of which it is the sponsor. ")
            .Append("`evaluate_pilot` makes a CONCLUDED pilot EVALUATED; the end of its boundary makes one EXPIRED ")
            .Append("that is APPROVED, RUNNING or SUSPENDED, by time alone.\n\n");
        AppendTable(
            page,
            ["from", "to", "by", "asks for"],
            PilotMoves.All,
            move => [NameOf(move.From), NameOf(move.To), TextOf(move.By), move.Asks]
        );
        return page.ToString();
    }

    private static string TextOf(PilotMover mover) =>
        mover switch
        {
            PilotMover.Sponsor => "its sponsor",
            PilotMover.Supervisor => "a supervisor",
            _ => "its sponsor or a supervisor",
        };

    private static string[] NamesOf(RoleSet roles) => [.. Permissions.EveryRole.Where(roles.Contains).Select(NameOf)];

    private static string[] VerbRow(VerbRule rule) =>
        [
            $"`{rule.Verb.Name}`",
            .. rule.Permission.Roles is { } roles ? Marks(roles) : Array.ConvertAll(Permissions.EveryRole, _ => "*"),
            TextOf(rule.Permission.Relations, ""),
            rule.Permission.Approvers is { } approvers ? string.Join(" or ", NamesOf(approvers)) : "",
            rule.Permission.Note,
        ];

    private static string[] RoleNames() => Array.ConvertAll(Permissions.EveryRole, NameOf);

    private static string[] Marks(RoleSet roles) =>
        Array.ConvertAll(Permissions.EveryRole, role => roles.Contains(role) ? "yes" : "");

    private static string TextOf(Relations relations, string none)
    {
        (Relations, string Text)[] held = Array.FindAll(RelationTexts, known => relations.HasFlag(known.Relation));
        return held.Length == 0 ? none : string.Join(" or ", Array.ConvertAll(held, known => known.Text));
    }

    // The protocol's own name of an enum value, without the prefix that all values of the enum share.
    private static string NameOf<T>(T value)
        where T : struct, Enum
    {
        EnumDescriptor descriptor = Enums.Single(known => known.Name == typeof(T).Name);
        int prefixLength = descriptor.FindValueByNumber(0).Name.Length - "UNSPECIFIED".Length;
        return descriptor.FindValueByNumber(Convert.ToInt32(value, null)).Name[prefixLength..];
    }

    private static void AppendTable<T>(
        StringBuilder page,
        string[] header,
        IReadOnlyList<T> rows,
        Func<T, string[]> cells
    )
    {
        AppendRow(page, header);
        AppendRow(page, Array.ConvertAll(header, _ => "---"));
        foreach (T row in rows)
        {
            AppendRow(page, cells(row));
        }
    }

    private static void AppendRow(StringBuilder page, string[] cells) =>
        page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
