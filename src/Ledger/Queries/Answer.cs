using Ledger.Protocol;

namespace Ledger.Queries;

/// <summary>What a question got: a value, or the reason why there is none.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public readonly struct Answer<T>
    where T : notnull
{
    private readonly T? _value;

    private Answer(T? value, Judgement judgement)
    {
        _value = value;
        Judgement = judgement;
    }

    /// <summary>Why there is no value; nothing is wrong when there is one.</summary>
    public Judgement Judgement { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsOk => Judgement.IsOk;

    /// <summary>The value. To ask for one that was refused is a bug.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value =>
        IsOk && _value is { } value
            ? value
            : throw new InvalidOperationException($"The question was refused: {Judgement.Reason}.");

    /// <summary>An answer with a value.</summary>
    public static implicit operator Answer<T>(T value) => new(value, Judgement.Ok);

    /// <summary>An answer without one.</summary>
    public static implicit operator Answer<T>(Judgement refusal) =>
        refusal.IsOk
            ? throw new ArgumentException("A refusal has a reason.", nameof(refusal))
            : new Answer<T>(default, refusal);

    /// <summary>The value as another, or the same refusal.</summary>
    /// <param name="map">Makes the other value.</param>
    public Answer<TOther> Map<TOther>(Func<T, TOther> map)
        where TOther : notnull
    {
        ArgumentNullException.ThrowIfNull(map);
        return IsOk ? map(Value) : Judgement;
    }
}
