using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Roles: grant, revoke.</summary>
internal sealed class RoleCommands : Command
{
    public RoleCommands()
        : base("role", "Roles of parties: for the whole ledger, within a pilot or within a class.")
    {
        Add(Grant());
        Add(Revoke());
    }

    private static OperationCommand Grant()
    {
        Argument<string> party = RegistrySymbols.Party();
        Option<Role> role = Role();
        Option<string?> pilot = RegistrySymbols.Id("--pilot", "Only within this pilot.");
        Option<string?> @class = RegistrySymbols.Id("--class", "Only within this class.");
        Option<string?> validUntil = RegistrySymbols.Moment("--valid-until", "Last moment at which it holds");
        return new OperationCommand(
            "grant",
            "Grant a role to an admitted party.",
            "ledger role grant bob --role issuer --pilot craft-2026 --valid-until 90d --as museum",
            [party, role, pilot, @class, validUntil],
            asking => new Operation
            {
                GrantRole = new GrantRole
                {
                    Party = asking.DidOf(party),
                    Role = asking.Line.GetRequiredValue(role),
                    PilotId = asking.Line.GetValue(pilot) ?? "",
                    ClassId = asking.Line.GetValue(@class) ?? "",
                    ValidUntil = Times.FutureSeconds(asking.Line.GetValue(validUntil)),
                },
            }
        );
    }

    private static OperationCommand Revoke()
    {
        Argument<string> party = RegistrySymbols.Party();
        Option<Role> role = Role();
        Option<string?> pilot = RegistrySymbols.Id("--pilot", "As it was granted within this pilot.");
        Option<string?> @class = RegistrySymbols.Id("--class", "As it was granted within this class.");
        return new OperationCommand(
            "revoke",
            "Revoke a role that a party was granted, or got when it was admitted.",
            "ledger role revoke bob --role issuer --pilot craft-2026 --as museum",
            [party, role, pilot, @class],
            asking => new Operation
            {
                RevokeRole = new RevokeRole
                {
                    Party = asking.DidOf(party),
                    Role = asking.Line.GetRequiredValue(role),
                    PilotId = asking.Line.GetValue(pilot) ?? "",
                    ClassId = asking.Line.GetValue(@class) ?? "",
                },
            }
        );
    }

    private static Option<Role> Role()
    {
        Option<Role> role = EnumNames<Role>.Option("--role", "The role.");
        role.Required = true;
        return role;
    }
}

/// <summary>Prints who may do what.</summary>
internal sealed class RolesCommand : Verb
{
    private readonly Option<bool> _table = new("--table")
    {
        Description = "Print the permission table that the rules read: verbs, roles and grants, in markdown.",
    };

    public RolesCommand()
        : base("roles", "Print the roles, and who may do what.", "ledger roles", "ledger roles --table") => Add(_table);

    protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        if (line.GetValue(_table) && !output.IsJson)
        {
            Console.Out.Write(PermissionsPage.Print());
        }
        else
        {
            JsonObject roles = new()
            {
                ["roles"] = Fields.List(
                    Enum.GetValues<Role>()
                        .Where(static role => role != default)
                        .Select(static role => Fields.Text(EnumNames<Role>.Of(role)))
                ),
            };
            if (line.GetValue(_table))
            {
                roles["table"] = PermissionsPage.Print();
            }

            output.Result(roles);
        }

        return Task.FromResult(ExitCodes.Done);
    }
}
