using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>On whose order, why and for how long a measure is taken.</summary>
internal sealed class OrderOptions
{
    private readonly Option<SupervisionReason> _reason;
    private readonly Option<string?> _number = new("--order")
    {
        Description = "Number of the order.",
        HelpName = "NUMBER",
    };

    private readonly Option<string?> _basis = new("--basis")
    {
        Description = "Legal basis, for example CSL-2016/art.47.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = $"When it begins to hold: {Times.FutureForm}. Default: at once.",
        HelpName = "TIME",
    };

    private readonly Option<string?> _until = new("--until")
    {
        Description = $"Last moment at which it holds: {Times.FutureForm}. Default: until it is lifted.",
        HelpName = "TIME",
    };

    private readonly bool _lasts;

    /// <summary>Makes the options.</summary>
    /// <param name="lasts">Whether the measure lasts, so that it can begin later and end by itself.</param>
    /// <param name="isRequired">Whether there must be an order.</param>
    /// <param name="reason">Name of the option that says why.</param>
    public OrderOptions(bool lasts, bool isRequired = true, string reason = "--reason")
    {
        _lasts = lasts;
        _reason = EnumNames<SupervisionReason>.Option(reason, "Why.");
        _reason.Required = _number.Required = _basis.Required = isRequired;
    }

    /// <summary>All of them, for a command to add.</summary>
    public IEnumerable<Symbol> All => _lasts ? [_reason, _number, _basis, _from, _until] : [_reason, _number, _basis];

    /// <summary>The order; null when nothing of one is given.</summary>
    /// <exception cref="CommandFailure">A part of it is missing.</exception>
    public Order? Find(ParseResult line)
    {
        SupervisionReason reason = line.GetValue(_reason);
        string? number = line.GetValue(_number);
        string? basis = line.GetValue(_basis);
        return (reason, number, basis) switch
        {
            (SupervisionReason.Unspecified, null, null) => null,
            (not SupervisionReason.Unspecified, not null, not null) => new Order
            {
                Reason = reason,
                Number = number,
                LegalBasis = basis,
                EffectiveFrom = _lasts ? Times.FutureSeconds(line.GetValue(_from)) : 0,
                Expires = _lasts ? Times.FutureSeconds(line.GetValue(_until)) : 0,
            },
            _ => throw CommandFailure.Usage($"An order needs all of {_reason.Name}, {_number.Name} and {_basis.Name}."),
        };
    }
}
