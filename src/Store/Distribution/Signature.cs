using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.Sig;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace ToolchainStore.Distribution;

/// <summary>An OpenPGP signature of version 4 by RSA or Ed25519, over a file or over what is said of a key.</summary>
internal sealed class Signature(SignaturePacket packet)
{
    private const int SupportedVersion = 4;
    private const int OfFile = 0x00;
    private const int FirstOfUser = 0x10;
    private const int LastOfUser = 0x13;
    private const int OfKey = 0x1f;
    private const int OfSubkey = 0x18;
    private const int RevokesKey = 0x20;
    private const int RevokesSubkey = 0x28;

    internal long KeyId => packet.KeyId;

    internal DateTimeOffset CreatedAt { get; } = DateTimeOffset.FromUnixTimeMilliseconds(packet.CreationTime);

    internal DateTimeOffset ExpiresAt => ExpiryAfter(
        CreatedAt, Find<SignatureExpirationTime>(SignatureSubpacketTag.ExpireTime)?.Time ?? 0);

    internal bool SignsFile => packet.SignatureType == OfFile;

    internal bool IsStatementOfKey => packet.SignatureType is (>= FirstOfUser and <= LastOfUser) or OfKey;

    internal bool IsBindingOfSubkey => packet.SignatureType == OfSubkey;

    internal bool IsRevocationOfKey => packet.SignatureType is RevokesKey or RevokesSubkey;

    /// <summary>What collisions, or their beginnings, are known of is refused, whoever signed.</summary>
    internal bool HasTrustedHash =>
        packet.HashAlgorithm is HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512;

    internal string HashName => packet.HashAlgorithm switch
    {
        HashAlgorithmTag.MD5 => "MD5",
        HashAlgorithmTag.Sha1 => "SHA-1",
        var other => $"the hash algorithm {(int)other}",
    };

    internal int KeyFlags => Find<KeyFlags>(SignatureSubpacketTag.KeyFlags)?.Flags ?? 0;

    internal long KeyValiditySeconds => Find<KeyExpirationTime>(SignatureSubpacketTag.KeyExpireTime)?.Time ?? 0;

    internal static bool Supports(PublicKeyPacket key) => key.Version == SupportedVersion && key.Algorithm
        is PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign
        or PublicKeyAlgorithmTag.EdDsa_Legacy;

    internal static DateTimeOffset ExpiryAfter(DateTimeOffset created, long seconds) =>
        seconds > 0 ? created.AddSeconds(seconds) : DateTimeOffset.MaxValue;

    /// <summary>The form in which a user is hashed; nothing where a signature is of the key alone.</summary>
    internal static byte[] HashedForm(UserIdPacket? user)
    {
        if (user is null)
        {
            return [];
        }
        var body = user.GetRawId();
        var form = new byte[5 + body.Length];
        form[0] = 0xb4;
        BinaryPrimitives.WriteUInt32BigEndian(form.AsSpan(1), (uint)body.Length);
        body.CopyTo(form, 5);
        return form;
    }

    internal bool IsMadeBy(PublicKeyPacket key, byte[] content)
    {
        if (packet.Version != SupportedVersion || packet.KeyAlgorithm != key.Algorithm || !HasTrustedHash)
        {
            return false;
        }
        return key.Key switch
        {
            RsaPublicBcpgKey rsa => IsMadeBy(rsa, content),
            // A byte 0x40 and the key.
            EdDsaPublicBcpgKey { EncodedPoint.BitLength: 263 } ed25519 => IsMadeBy(
                ed25519.EncodedPoint.ToByteArrayUnsigned().AsSpan(1), JoinedNumbers(), content),
            _ => false,
        };
    }

    private bool IsMadeBy(RsaPublicBcpgKey key, byte[] content)
    {
        var signer = new RsaDigestSigner(CreateDigest());
        signer.Init(forSigning: false, new RsaKeyParameters(isPrivate: false, key.Modulus, key.PublicExponent));
        signer.BlockUpdate(content, 0, content.Length);
        var trailer = packet.GetSignatureTrailer();
        signer.BlockUpdate(trailer, 0, trailer.Length);
        return signer.VerifySignature(packet.GetSignature()[0].Value.ToByteArrayUnsigned());
    }

    /// <summary>OpenPGP has Ed25519 sign the digest, not the content.</summary>
    private bool IsMadeBy(ReadOnlySpan<byte> key, byte[] signature, byte[] content)
    {
        var digest = CreateDigest();
        digest.BlockUpdate(content, 0, content.Length);
        var trailer = packet.GetSignatureTrailer();
        digest.BlockUpdate(trailer, 0, trailer.Length);
        var signed = new byte[digest.GetDigestSize()];
        digest.DoFinal(signed, 0);
        return key.Length == Ed25519.PublicKeySize && signature.Length == Ed25519.SignatureSize
            && Ed25519.Verify(signature, 0, key.ToArray(), 0, signed, 0, signed.Length);
    }

    /// <summary>The two halves of an Ed25519 signature, which OpenPGP keeps as numbers without leading zeros.</summary>
    private byte[] JoinedNumbers()
    {
        var half = Ed25519.SignatureSize / 2;
        var joined = new byte[Ed25519.SignatureSize];
        var numbers = packet.GetSignature();
        for (var index = 0; index < 2; index++)
        {
            var bytes = numbers[index].Value.ToByteArrayUnsigned();
            bytes.CopyTo(joined, (index + 1) * half - bytes.Length);
        }
        return joined;
    }

    private IDigest CreateDigest() => packet.HashAlgorithm switch
    {
        HashAlgorithmTag.Sha384 => new Sha384Digest(),
        HashAlgorithmTag.Sha512 => new Sha512Digest(),
        _ => new Sha256Digest(),
    };

    /// <summary>Only what was signed counts.</summary>
    private T? Find<T>(SignatureSubpacketTag tag)
        where T : SignatureSubpacket =>
        packet.GetHashedSubPackets()?.FirstOrDefault(subpacket => subpacket.SubpacketType == tag) as T;
}
