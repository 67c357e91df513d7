using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities.IO;

namespace ToolchainStore.Distribution;

/// <summary>OpenPGP public keys that somebody trusts to sign channel manifests.</summary>
public sealed class SigningKeys
{
    private const string ArmorStart = "-----BEGIN PGP";

    // What collisions or their beginnings are known of is refused, whoever signed.
    private static readonly HashSet<HashAlgorithmTag> trustedHashes =
    [
        HashAlgorithmTag.Sha256, HashAlgorithmTag.Sha384, HashAlgorithmTag.Sha512,
        HashAlgorithmTag.Sha3_256, HashAlgorithmTag.Sha3_512,
    ];

    private readonly IReadOnlyList<PgpPublicKeyRing> rings;
    private readonly string path;

    private SigningKeys(IReadOnlyList<PgpPublicKeyRing> rings, string path)
    {
        this.rings = rings;
        this.path = path;
    }

    /// <param name="content">Public keys, binary or in any number of armored blocks.</param>
    /// <param name="path">Where they come from, for errors.</param>
    public static SigningKeys Parse(byte[] content, string path)
    {
        try
        {
            var rings = SplitArmor(content)
                .SelectMany(block => new PgpPublicKeyRingBundle(PgpUtilities.GetDecoderStream(new MemoryStream(block))).GetKeyRings())
                .ToList();
            return rings.Count > 0 ? new SigningKeys(rings, path) : throw NoKeys(path, cause: null);
        }
        catch (Exception broken) when (IsFormatError(broken))
        {
            throw NoKeys(path, broken);
        }
    }

    /// <summary>
    /// Checks a detached signature: at least one of our keys must have made it, and what any of them made must match.
    /// </summary>
    /// <returns>Null if it is good; else what is wrong with it and what to do.</returns>
    public SignatureFault? FindFault(byte[] document, byte[] signatureFile, DateTimeOffset now)
    {
        try
        {
            return Examine(document, ReadSignatures(signatureFile), now);
        }
        catch (Exception broken) when (IsFormatError(broken))
        {
            return new SignatureFault($"it cannot be checked: {broken.Message}", "the server may be broken; ask whoever runs it");
        }
    }

    private SignatureFault? Examine(byte[] document, IReadOnlyList<PgpSignature> signatures, DateTimeOffset now)
    {
        if (signatures.Count == 0)
        {
            return new SignatureFault("it holds no OpenPGP signature", "the server may be broken; ask whoever runs it");
        }
        var known = signatures.Select(signature => (Signature: signature, Key: FindKey(signature.KeyId)))
            .Where(pair => pair.Key is not null).ToList();
        return known.Count == 0
            ? new SignatureFault(
                $"it was made by the key {signatures[0].KeyId:X16}, which '{path}' does not hold",
                "if you trust that key, add it to the file")
            : known.Select(pair => FindFault(document, pair.Signature, pair.Key!, now)).FirstOrDefault(fault => fault is not null);
    }

    private static SignatureFault? FindFault(byte[] document, PgpSignature signature, SigningKey key, DateTimeOffset now)
    {
        var name = $"{key.Key.KeyId:X16}";
        if (signature.SignatureType != PgpSignature.BinaryDocument)
        {
            return new SignatureFault("it does not sign a file", "ask whoever runs the server for a detached signature");
        }
        if (!trustedHashes.Contains(signature.HashAlgorithm))
        {
            return new SignatureFault(
                $"it uses {signature.HashAlgorithm}, which is broken", "ask whoever runs the server to sign with SHA-256 or SHA-512");
        }
        if (key.IsRevoked)
        {
            return new SignatureFault($"its key {name} was revoked", "ask whoever runs the server which key signs now");
        }
        if (key.ExpiresAt <= now)
        {
            return new SignatureFault(
                $"its key {name} expired on {key.ExpiresAt:yyyy-MM-dd}",
                "ask whoever runs the server for the renewed key");
        }
        if (Expiry(signature) <= now)
        {
            return new SignatureFault(
                $"it expired on {Expiry(signature):yyyy-MM-dd}", "the server may be out of date; ask whoever runs it");
        }
        return Matches(document, signature, key.Key)
            ? null
            : new SignatureFault(
                $"the key {name} signed something else",
                "somebody may have changed the file; do not install from this server before you know why");
    }

    private static bool Matches(byte[] document, PgpSignature signature, PgpPublicKey key)
    {
        signature.InitVerify(key);
        signature.Update(document);
        return signature.Verify();
    }

    private static IReadOnlyList<PgpSignature> ReadSignatures(byte[] file)
    {
        var factory = new PgpObjectFactory(PgpUtilities.GetDecoderStream(new MemoryStream(file)));
        return factory.NextPgpObject() is PgpSignatureList list
            ? [.. Enumerable.Range(0, list.Count).Select(index => list[index])]
            : [];
    }

    /// <summary>The key of an id, if it may sign: a master key, or a subkey that its master key says is for signing.</summary>
    private SigningKey? FindKey(long id)
    {
        foreach (var ring in rings)
        {
            var master = ring.GetPublicKey();
            if (ring.GetPublicKey(id) is not { } key)
            {
                continue;
            }
            if (key.IsMasterKey)
            {
                return new SigningKey(key, key.HasRevocation(), Expiry(key));
            }
            if (IsBound(key, master))
            {
                var expiries = new[] { Expiry(master), Expiry(key) };
                return new SigningKey(key, key.HasRevocation() || master.HasRevocation(), expiries.Min());
            }
        }
        return null;
    }

    private static bool IsBound(PgpPublicKey subkey, PgpPublicKey master) => subkey
        .GetSignaturesOfType(PgpSignature.SubkeyBinding)
        .Any(binding =>
        {
            binding.InitVerify(master);
            return binding.VerifyCertification(master, subkey)
                && (binding.GetHashedSubPackets()?.GetKeyFlags() & PgpKeyFlags.CanSign) != 0;
        });

    private static DateTimeOffset Expiry(PgpPublicKey key) => ExpiryAfter(key.CreationTime, key.GetValidSeconds());

    private static DateTimeOffset Expiry(PgpSignature signature) =>
        ExpiryAfter(signature.CreationTime, signature.GetHashedSubPackets()?.GetSignatureExpirationTime() ?? 0);

    private static DateTimeOffset ExpiryAfter(DateTime created, long seconds) => seconds > 0
        ? new DateTimeOffset(DateTime.SpecifyKind(created, DateTimeKind.Utc)).AddSeconds(seconds)
        : DateTimeOffset.MaxValue;

    /// <summary>A reader of armor ends with its first block.</summary>
    private static IEnumerable<byte[]> SplitArmor(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        if (!text.Contains(ArmorStart, StringComparison.Ordinal))
        {
            return [content];
        }
        return text.Split(ArmorStart).Skip(1).Select(block => Encoding.Latin1.GetBytes(ArmorStart + block));
    }

    private static StoreException NoKeys(string path, Exception? cause) => new(
        StoreErrorKind.Usage,
        $"'{path}' holds no OpenPGP public keys"
        + "\nhelp: RUSTUP_STORE_SIGNING_KEYS names a file that `gpg --export` has written",
        cause);

    /// <summary>What the OpenPGP layer throws on bytes it does not understand.</summary>
    private static bool IsFormatError(Exception exception) => exception
        is PgpException or UnsupportedPacketVersionException or IOException or StreamOverflowException
        or GeneralSecurityException or SecurityUtilityException or ArgumentException
        or InvalidCastException or InvalidOperationException or FormatException or ArithmeticException
        or IndexOutOfRangeException or NotSupportedException or Org.BouncyCastle.Crypto.CryptoException;

    /// <summary>A key as far as a signature is concerned.</summary>
    private sealed record SigningKey(PgpPublicKey Key, bool IsRevoked, DateTimeOffset ExpiresAt);
}

/// <summary>What is wrong with a signature, and what to do about it.</summary>
public sealed record SignatureFault(string Reason, string Advice);
