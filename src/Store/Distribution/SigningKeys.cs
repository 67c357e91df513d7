using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Security;

namespace ToolchainStore.Distribution;

/// <summary>OpenPGP public keys that somebody trusts to sign channel manifests.</summary>
/// <remarks>
/// BouncyCastle reads the packets and does the arithmetic. What lies between is ours, because its OpenPGP classes know
/// every algorithm there is, which made the program 2 MB larger and start 0.4 ms later.
/// </remarks>
public sealed class SigningKeys
{
    private const string ArmorStart = "-----BEGIN PGP";

    private readonly IReadOnlyList<SigningKey> keys;
    private readonly string path;

    private SigningKeys(IReadOnlyList<SigningKey> keys, string path)
    {
        this.keys = keys;
        this.path = path;
    }

    /// <param name="content">Public keys, binary or in any number of armored blocks.</param>
    /// <param name="path">Where they come from, for errors.</param>
    public static SigningKeys Parse(byte[] content, string path)
    {
        try
        {
            var keys = SplitArmor(content).SelectMany(block => SigningKey.Read(ReadPackets(block))).ToList();
            return keys.Count > 0 ? new SigningKeys(keys, path) : throw NoKeys(path, cause: null);
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
            var signatures = SplitArmor(signatureFile)
                .SelectMany(ReadPackets).OfType<SignaturePacket>().Select(packet => new Signature(packet)).ToList();
            return FindFault(document, signatures, now);
        }
        catch (Exception broken) when (IsFormatError(broken))
        {
            return new SignatureFault($"it cannot be read: {broken.Message}", "the server may be broken; ask whoever runs it");
        }
    }

    private SignatureFault? FindFault(byte[] document, IReadOnlyList<Signature> signatures, DateTimeOffset now)
    {
        if (signatures.Count == 0)
        {
            return new SignatureFault("it holds no OpenPGP signature", "the server may be broken; ask whoever runs it");
        }
        var known = signatures.SelectMany(signature => keys
            .Where(key => key.Id == signature.KeyId).Select(key => (Signature: signature, Key: key))).ToList();
        return known.Count == 0
            ? new SignatureFault(
                $"it was made by the key {signatures[0].KeyId:X16}, which '{path}' does not hold",
                "if you trust that key, add it to the file")
            : known.Select(pair => FindFault(document, pair.Signature, pair.Key, now)).FirstOrDefault(fault => fault is not null);
    }

    private static SignatureFault? FindFault(byte[] document, Signature signature, SigningKey key, DateTimeOffset now)
    {
        var name = $"{key.Id:X16}";
        if (!signature.SignsFile)
        {
            return new SignatureFault("it does not sign a file", "ask whoever runs the server for a detached signature");
        }
        if (!signature.HasTrustedHash)
        {
            return new SignatureFault(
                $"it uses {signature.HashName}, which is broken", "ask whoever runs the server to sign with SHA-256 or SHA-512");
        }
        if (key.IsRevoked)
        {
            return new SignatureFault($"its key {name} was revoked", "ask whoever runs the server which key signs now");
        }
        if (key.ExpiresAt <= now)
        {
            return new SignatureFault(
                $"its key {name} expired on {key.ExpiresAt:yyyy-MM-dd}", "ask whoever runs the server for the renewed key");
        }
        if (signature.ExpiresAt <= now)
        {
            return new SignatureFault(
                $"it expired on {signature.ExpiresAt:yyyy-MM-dd}", "the server may be out of date; ask whoever runs it");
        }
        return signature.IsMadeBy(key.Packet, document)
            ? null
            : new SignatureFault(
                $"the key {name} signed something else",
                "somebody may have changed the file; do not install from this server before you know why");
    }

    /// <summary>A reader of armor ends with its first block.</summary>
    private static IEnumerable<byte[]> SplitArmor(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        return text.Contains(ArmorStart, StringComparison.Ordinal)
            ? text.Split(ArmorStart).Skip(1).Select(block => ReadArmor(Encoding.Latin1.GetBytes(ArmorStart + block)))
            : [content];
    }

    private static byte[] ReadArmor(byte[] block)
    {
        var content = new MemoryStream();
        using var armor = new ArmoredInputStream(new MemoryStream(block));
        armor.CopyTo(content);
        return content.ToArray();
    }

    private static IReadOnlyList<Packet> ReadPackets(byte[] content)
    {
        var packets = new List<Packet>();
        using var stream = new MemoryStream(content);
        using var reader = new BcpgInputStream(stream);
        while (reader.ReadPacket() is { } packet)
        {
            packets.Add(packet);
        }
        return packets;
    }

    private static StoreException NoKeys(string path, Exception? cause) => new(
        StoreErrorKind.Usage,
        $"'{path}' holds no OpenPGP public keys that are RSA or Ed25519"
        + "\nhelp: RUSTUP_STORE_SIGNING_KEYS names a file that `gpg --export` has written",
        cause);

    /// <summary>What BouncyCastle throws on bytes that it does not understand.</summary>
    private static bool IsFormatError(Exception exception) => exception
        is UnsupportedPacketVersionException or IOException or GeneralSecurityException or SecurityUtilityException
        or Org.BouncyCastle.Crypto.CryptoException or ArgumentException or InvalidCastException
        or InvalidOperationException or FormatException or ArithmeticException or IndexOutOfRangeException
        or NotSupportedException;
}

/// <summary>What is wrong with a signature, and what to do about it.</summary>
public sealed record SignatureFault(string Reason, string Advice);
