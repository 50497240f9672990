namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// The odd multiples of the base point G, and of λG, that wide windows refer to. Made once, at first use: 1,024 points
/// each, 180 KB, in about 2 ms.
/// </summary>
internal sealed class GeneratorTable
{
    /// <summary>The table of secp256k1's base point.</summary>
    public static readonly GeneratorTable Instance = new(in AffinePoint.Generator, 12);

    private readonly AffinePoint[] _odd;
    private readonly AffinePoint[] _oddLambda;

    internal GeneratorTable(in AffinePoint generator, int width)
    {
        int count = WindowedNaf.TableLength(width);
        JacobianPoint[] points = new JacobianPoint[count];
        points[0] = new JacobianPoint(in generator);
        JacobianPoint.Double(in points[0], out JacobianPoint jacobian);
        AffinePoint twice = jacobian.ToAffine();
        for (int i = 1; i < count; i++)
        {
            JacobianPoint.Add(in points[i - 1], in twice, out points[i]);
        }
        _odd = new AffinePoint[count];
        _oddLambda = new AffinePoint[count];
        JacobianPoint.ToAffine(points, _odd, new FieldElement[count], new FieldElement[count]);
        for (int i = 0; i < count; i++)
        {
            FieldElement.Normalize(ref _odd[i].X);
            FieldElement.Normalize(ref _odd[i].Y);
            AffinePoint.MultiplyLambda(in _odd[i], out _oddLambda[i]);
            FieldElement.Normalize(ref _oddLambda[i].X);
        }
        Width = width;
    }

    /// <summary>The width of the windows: digits are below 2^(Width−1) in absolute value.</summary>
    public int Width { get; }

    /// <summary>G, 3G, 5G …</summary>
    public ReadOnlySpan<AffinePoint> Odd => _odd;

    /// <summary>λG, 3λG, 5λG …</summary>
    public ReadOnlySpan<AffinePoint> OddLambda => _oddLambda;
}
