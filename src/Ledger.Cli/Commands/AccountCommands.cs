using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Accounts of parties: restrict, freeze, restore, by the platform or by a supervisor.</summary>
internal sealed class AccountCommands : Command
{
    public AccountCommands()
        : base("account", "What the account of a party may do, on the platform's side and on the supervisor's.")
    {
        Add(Set("restrict", AccountState.Restricted, "Let a party hold and receive, and nothing else."));
        Add(
            Set("freeze", AccountState.Frozen, "Let a party hold, and nothing else. Its DID can still change its keys.")
        );
        Add(Set("restore", AccountState.Active, "Let a party do again what its roles allow."));
    }

    private static OperationCommand Set(string name, AccountState state, string description)
    {
        Argument<string> party = RegistrySymbols.Party();
        Option<bool> asPlatform = new("--as-platform") { Description = "Set the platform's side of the account." };
        Option<bool> asSupervisor = new("--as-supervisor") { Description = "Set the supervisor's side." };
        OrderOptions order = new(lasts: state != AccountState.Active);
        string reason = state == AccountState.Active ? "cause-removed" : "investigation";
        return new OperationCommand(
            name,
            description,
            $"ledger account {name} bob --as-supervisor --reason {reason} --order 2026-17 --basis CSL-2016/art.47 --as supervisor",
            [party, asPlatform, asSupervisor, .. order.All],
            asking =>
            {
                bool isPlatform = asking.Line.GetValue(asPlatform);
                if (isPlatform == asking.Line.GetValue(asSupervisor))
                {
                    throw CommandFailure.Usage($"Give either {asPlatform.Name} or {asSupervisor.Name}.");
                }

                string did = asking.DidOf(party);
                Order? given = order.Find(asking.Line);
                return isPlatform
                    ? new Operation
                    {
                        SetPlatformState = new SetPlatformState
                        {
                            Party = did,
                            State = state,
                            Order = given,
                        },
                    }
                    : new Operation
                    {
                        SetSupervisorState = new SetSupervisorState
                        {
                            Party = did,
                            State = state,
                            Order = given,
                        },
                    };
            }
        );
    }
}
