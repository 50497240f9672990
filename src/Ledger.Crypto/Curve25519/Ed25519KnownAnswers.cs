using System.Security.Cryptography;

namespace Ledger.Crypto.Curve25519;

/// <summary>
/// Signatures on which libraries for Ed25519 are known to differ, of those that <see cref="Ed25519"/> leaves to libcrypto:
/// what it decides itself, no library can change. The second to the fourth are cases 3, 2 and 4 of "Taming the many EdDSAs"
/// (Chalkias, Garillot, Nikolaenko, 2020).
/// </summary>
internal static class Ed25519KnownAnswers
{
    public delegate bool Verifier(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    );

    private static readonly (string What, bool IsValid, string PublicKey, string Message, string Signature)[] Answers =
    [
        (
            "an ordinary signature (RFC 8032, section 7.1, test 2)",
            true,
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "a signature by a key of mixed order",
            true,
            "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
            "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
            "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"
        ),
        (
            "a signature whose R has small order",
            true,
            "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
            "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"
        ),
        (
            "a signature that is one only when the equation is multiplied by the cofactor",
            false,
            "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
            "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
            "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"
        ),
        (
            "a signature by a key that is no point of the curve",
            false,
            "0200000000000000000000000000000000000000000000000000000000000000",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ];

    /// <summary>Lets a library judge them all.</summary>
    /// <exception cref="CryptographicException">It judges one of them wrongly: the message says which.</exception>
    public static void Require(Verifier verify)
    {
        foreach ((string what, bool isValid, string publicKey, string message, string signature) in Answers)
        {
            bool verdict = verify(
                Convert.FromHexString(publicKey),
                Convert.FromHexString(message),
                Convert.FromHexString(signature)
            );
            if (verdict != isValid)
            {
                throw new CryptographicException(
                    $"The installed libcrypto {(verdict ? "accepts" : "refuses")} {what}. For this ledger Ed25519 is defined "
                        + "otherwise, and a node that used this library would not agree with the others."
                );
            }
        }
    }
}
