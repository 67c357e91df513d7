using System.IO.Compression;
using SharpCompress.Compressors.Xz;
using ZstdSharp;

namespace ToolchainStore.Distribution;

/// <summary>Which library reads which compression: measured, the fastest well-kept one for each.</summary>
internal static class Decompression
{
    private const int ZstdWindowLogMax = 27;

    /// <summary>Whether xz is read about as fast as the other formats; managed code takes far longer.</summary>
    internal static bool IsXzFast => LibLzmaStream.IsAvailable;

    internal static Stream Open(Stream compressed, ArchiveFormat format) => format switch
    {
        ArchiveFormat.Gzip => new GZipStream(compressed, CompressionMode.Decompress),
        ArchiveFormat.Xz => LibLzmaStream.TryOpen(compressed) ?? (Stream)new XZStream(compressed),
        ArchiveFormat.Zstandard => OpenZstandard(compressed),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static DecompressionStream OpenZstandard(Stream compressed)
    {
        var stream = new DecompressionStream(compressed);
        // A window of at most 128 MiB, zstd's own default limit: more would be memory for an attacker to ask for.
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindowLogMax);
        return stream;
    }
}
