using Ledger.Protocol;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Ledger.PostQuantum;

/// <summary>
/// A witness's ML-DSA-44 key (type 0x06). It is managed memory, which the runtime may move and copy before it is gone: keep it on a
/// machine of its own when that matters.
/// </summary>
internal sealed class MlDsa44Cosigner : Cosigner
{
    private readonly MLDsaPrivateKeyParameters _key;

    public MlDsa44Cosigner(string keyName, ReadOnlySpan<byte> seed)
        : this(keyName, MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_44, seed.ToArray())) { }

    private MlDsa44Cosigner(string keyName, MLDsaPrivateKeyParameters key)
        : base(MlDsa44Cosignature.Instance, keyName, key.GetPublicKey().GetEncoded()) => _key = key;

    public override void Dispose() { }

    // Hedged: with fresh randomness in every signature, as FIPS 204 recommends.
    protected override byte[] Sign(ReadOnlySpan<byte> message)
    {
        MLDsaSigner signer = new(MLDsaParameters.ml_dsa_44, deterministic: false);
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }
}
