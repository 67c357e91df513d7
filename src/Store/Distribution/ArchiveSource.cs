namespace ToolchainStore.Distribution;

/// <summary>How an archive is compressed.</summary>
public enum ArchiveFormat
{
    Gzip,
    Xz,
    Zstandard,
}

/// <summary>One archive on a distribution server, and what its bytes must be.</summary>
public sealed record ArchiveSource(ArchiveFormat Format, string Url, Digest Digest);
