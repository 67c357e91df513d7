using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace ToolchainStore.Tests.Distribution;

/// <summary>Somebody with an OpenPGP key of his own, made for one test.</summary>
internal sealed class Signer
{
    private readonly PgpKeyPair signing;
    private readonly PgpPublicKeyRing ring;

    private Signer(PgpKeyPair signing, PgpPublicKeyRing ring)
    {
        this.signing = signing;
        this.ring = ring;
    }

    internal static Signer Ed25519() => WithOneKey(NewEd25519());

    internal static Signer Rsa()
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65537), new SecureRandom(), 2048, 25));
        return WithOneKey(new PgpKeyPair(PublicKeyAlgorithmTag.RsaGeneral, generator.GenerateKeyPair(), Yesterday));
    }

    /// <summary>His key was good for so long since yesterday.</summary>
    internal static Signer WhoseKeyLasts(TimeSpan validity) => WithOneKey(NewEd25519(), validity);

    internal static Signer WhoseKeyIsRevoked()
    {
        var signer = Ed25519();
        var revocation = new PgpSignatureGenerator(signer.signing.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        revocation.InitSign(PgpSignature.KeyRevocation, signer.signing.PrivateKey);
        var master = signer.ring.GetPublicKey();
        var revoked = PgpPublicKey.AddCertification(master, revocation.GenerateCertification(master));
        return new Signer(signer.signing, PgpPublicKeyRing.InsertPublicKey(signer.ring, revoked));
    }

    /// <summary>He signs with a subkey that his master key has for signing, or for something else.</summary>
    internal static Signer WithSubkey(bool isForSigning)
    {
        var master = NewEd25519();
        var subkey = NewEd25519();
        var flags = new PgpSignatureSubpacketGenerator();
        flags.SetKeyFlags(isCritical: false, isForSigning ? PgpKeyFlags.CanSign : PgpKeyFlags.CanEncryptCommunications);
        var generator = NewRing(master, new PgpSignatureSubpacketGenerator());
        generator.AddSubKey(subkey, flags.Generate(), unhashedPackets: null, HashAlgorithmTag.Sha256);
        return new Signer(subkey, generator.GeneratePublicKeyRing());
    }

    internal byte[] PublicKeys => ring.GetEncoded();

    internal byte[] ArmoredPublicKeys => Armor(PublicKeys);

    internal long KeyId => signing.KeyId;

    internal byte[] Sign(string document, HashAlgorithmTag hash = HashAlgorithmTag.Sha256)
    {
        var generator = new PgpSignatureGenerator(signing.PublicKey.Algorithm, hash);
        generator.InitSign(PgpSignature.BinaryDocument, signing.PrivateKey);
        generator.Update(Encoding.UTF8.GetBytes(document));
        return generator.Generate().GetEncoded();
    }

    internal byte[] SignArmored(string document) => Armor(Sign(document));

    /// <summary>A signature that was good until yesterday's next second.</summary>
    internal byte[] SignForASecond(string document)
    {
        var generator = new PgpSignatureGenerator(signing.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(PgpSignature.BinaryDocument, signing.PrivateKey);
        var packets = new PgpSignatureSubpacketGenerator();
        packets.SetSignatureCreationTime(isCritical: false, Yesterday);
        packets.SetSignatureExpirationTime(isCritical: false, 1);
        generator.SetHashedSubpackets(packets.Generate());
        generator.Update(Encoding.UTF8.GetBytes(document));
        return generator.Generate().GetEncoded();
    }

    private static DateTime Yesterday => DateTime.UtcNow.AddDays(-1);

    private static PgpKeyPair NewEd25519()
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        return new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, generator.GenerateKeyPair(), Yesterday);
    }

    private static Signer WithOneKey(PgpKeyPair key, TimeSpan? validity = null)
    {
        var packets = new PgpSignatureSubpacketGenerator();
        if (validity is { } limit)
        {
            packets.SetKeyExpirationTime(isCritical: false, (long)limit.TotalSeconds);
        }
        return new Signer(key, NewRing(key, packets).GeneratePublicKeyRing());
    }

    private static PgpKeyRingGenerator NewRing(PgpKeyPair master, PgpSignatureSubpacketGenerator packets) => new(
        PgpSignature.PositiveCertification, master, "Somebody <somebody@example.org>", SymmetricKeyAlgorithmTag.Null,
        HashAlgorithmTag.Sha256, rawPassPhrase: null, useSha1: true, packets.Generate(), unhashedPackets: null, new SecureRandom());

    private static byte[] Armor(byte[] packets)
    {
        var text = new MemoryStream();
        using (var armor = new ArmoredOutputStream(text))
        {
            armor.Write(packets);
        }
        return text.ToArray();
    }
}
