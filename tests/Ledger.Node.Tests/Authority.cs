using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ledger.Node.Tests;

/// <summary>
/// An authority of three steps, in files: a root, an intermediate below it, and certificates below that. What an authority hands
/// out is a file with the certificate, the intermediate and the private key.
/// </summary>
internal sealed class Authority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddDays(-30);

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public Authority()
    {
        _root = Sign("root", issuer: null, Start.AddDays(2_000), isAuthority: true);
        _intermediate = Sign("intermediate", _root, Start.AddDays(1_000), isAuthority: true);
        RootFile = Write("root.pem", _root.ExportCertificatePem());
    }

    /// <summary>The root alone.</summary>
    public string RootFile { get; }

    public X509Certificate2 Root => _root;

    /// <summary>Hands out a certificate for loopback.</summary>
    /// <param name="name">Name of its file.</param>
    /// <param name="daysLeft">Days until it expires.</param>
    /// <param name="uses">What it is for; none: anything.</param>
    public string Issue(string name, int daysLeft = 300, params string[] uses)
    {
        using X509Certificate2 leaf = Sign(
            name,
            _intermediate,
            DateTimeOffset.UtcNow.AddDays(daysLeft),
            isAuthority: false,
            uses
        );
        using ECDsa key = leaf.GetECDsaPrivateKey()!;
        return Write(
            name + ".pem",
            string.Join(
                "\n",
                leaf.ExportCertificatePem(),
                _intermediate.ExportCertificatePem(),
                key.ExportPkcs8PrivateKeyPem()
            )
        );
    }

    /// <summary>Writes any text to a file.</summary>
    public string Write(string name, string text)
    {
        string path = _folder[name];
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 Sign(
        string name,
        X509Certificate2? issuer,
        DateTimeOffset until,
        bool isAuthority,
        params string[] uses
    )
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        if (uses.Length > 0)
        {
            OidCollection oids = [];
            Array.ForEach(uses, use => oids.Add(new Oid(use)));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        }

        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (issuer is null)
        {
            return request.CreateSelfSigned(Start, until);
        }

        using X509Certificate2 signed = request.Create(issuer, Start, until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
