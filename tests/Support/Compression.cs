using System.IO.Compression;

namespace ToolchainStore.Tests.Support;

/// <summary>How a distribution server packs an archive.</summary>
public enum Compression
{
    Gzip,
    Xz,
    Zstandard,
}

public static class CompressionExtensions
{
    public static string FileExtension(this Compression compression) => compression switch
    {
        Compression.Gzip => ".tar.gz",
        Compression.Xz => ".tar.xz",
        Compression.Zstandard => ".tar.zst",
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };

    /// <summary>What the manifest puts before <c>url</c> and <c>hash</c>.</summary>
    public static string ManifestKeyPrefix(this Compression compression) => compression switch
    {
        Compression.Gzip => "",
        Compression.Xz => "xz_",
        Compression.Zstandard => "zst_",
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };

    /// <summary>Compresses the same bytes to the same bytes, always.</summary>
    public static byte[] Compress(this Compression compression, ReadOnlySpan<byte> plain) => compression switch
    {
        Compression.Gzip => CompressGzip(plain),
        Compression.Xz => XzFile.Compress(plain),
        Compression.Zstandard => CompressZstandard(plain),
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };

    private static byte[] CompressGzip(ReadOnlySpan<byte> plain)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }

    private static byte[] CompressZstandard(ReadOnlySpan<byte> plain)
    {
        using ZstdSharp.Compressor compressor = new();
        return compressor.Wrap(plain).ToArray();
    }
}
