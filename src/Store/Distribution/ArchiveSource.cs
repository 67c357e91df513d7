namespace ToolchainStore.Distribution;

/// <summary>How an archive is compressed.</summary>
public enum ArchiveFormat
{
    Gzip,
    Xz,
    Zstandard,
}

/// <summary>The texts of <see cref="ArchiveFormat"/>, in the journal.</summary>
public static class ArchiveFormatText
{
    public static string Format(ArchiveFormat format) => format switch
    {
        ArchiveFormat.Gzip => "gz",
        ArchiveFormat.Xz => "xz",
        ArchiveFormat.Zstandard => "zst",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    public static ArchiveFormat Parse(string text) => text switch
    {
        "gz" => ArchiveFormat.Gzip,
        "xz" => ArchiveFormat.Xz,
        "zst" => ArchiveFormat.Zstandard,
        _ => throw new ArgumentOutOfRangeException(nameof(text)),
    };
}

/// <summary>One archive on a distribution server, and what its bytes must be.</summary>
public sealed record ArchiveSource(ArchiveFormat Format, string Url, Digest Digest);
