using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using ToolchainStore.Platform;

namespace ToolchainStore;

/// <summary>Computes a digest of bytes as they pass.</summary>
/// <remarks>
/// .NET's SHA-256 is OpenSSL's and stops the process where that is missing; there a managed one serves,
/// a fifth as fast, so that http and file servers work on a bare machine.
/// </remarks>
public sealed class DigestHasher : IDisposable
{
    private readonly IncrementalHash? native;
    private readonly Sha256Digest? managed;

    public DigestHasher()
    {
        if (TlsPrerequisites.HasLibrary())
        {
            native = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else
        {
            managed = new Sha256Digest();
        }
    }

    public static Digest Compute(ReadOnlySpan<byte> bytes)
    {
        using var hasher = new DigestHasher();
        hasher.Append(bytes);
        return hasher.Finish();
    }

    public static Digest Compute(IFile file)
    {
        using var content = new FileContentStream(file, 0);
        return Compute(content);
    }

    /// <summary>Of what is left of a stream.</summary>
    public static Digest Compute(Stream stream)
    {
        const int ChunkBytes = 1 << 17;
        using var hasher = new DigestHasher();
        var buffer = new byte[ChunkBytes];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            hasher.Append(buffer.AsSpan(0, count));
        }
        return hasher.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        native?.AppendData(bytes);
        managed?.BlockUpdate(bytes);
    }

    public Digest Finish()
    {
        Span<byte> hash = stackalloc byte[32];
        native?.GetHashAndReset(hash);
        managed?.DoFinal(hash);
        return Digest.FromBytes(hash);
    }

    public void Dispose() => native?.Dispose();
}
