namespace ToolchainStore.Distribution;

/// <summary>Which archive of a component to ask for.</summary>
public enum ArchivePreference
{
    /// <summary>What gives the shortest total time over this link.</summary>
    Automatic,
    Gzip,
    Xz,
    Zstandard,
}

/// <summary>Chooses among the archives of a component: by what the user said, or by the link.</summary>
/// <remarks>
/// gz is half as large again as xz and read five times as fast. While the link brings less xz than the cores can read, xz
/// is there first; beyond one and a half times that, gz is.
/// </remarks>
public sealed class ArchiveChoice(ArchivePreference preference, DistributionServer server, int workers)
{
    private const double GzipPerXz = 1.5;

    // What a core reads of an archive in a second: 80 MB of files by liblzma and 33 by managed code, of six to seven times
    // the archive's size (measured with the archives of 1.95.0).
    private const double XzByLibrary = 12e6;
    private const double XzByManagedCode = 5e6;

    private bool IsLinkFaster => server.Link.BytesPerSecond is { } measured
        ? measured > GzipPerXz * (Decompression.IsXzFast ? XzByLibrary : XzByManagedCode) * Math.Min(workers, Environment.ProcessorCount)
        : server.IsLocal;

    /// <param name="archives">What the release offers, the preferred first.</param>
    /// <param name="isBegun">Of which there is something already: to go on with that beats everything else.</param>
    public ArchiveSource Choose(IReadOnlyList<ArchiveSource> archives, Func<ArchiveSource, bool> isBegun)
    {
        ArchiveFormat[] order = preference switch
        {
            ArchivePreference.Gzip => [ArchiveFormat.Gzip, ArchiveFormat.Zstandard, ArchiveFormat.Xz],
            ArchivePreference.Xz => [ArchiveFormat.Xz, ArchiveFormat.Zstandard, ArchiveFormat.Gzip],
            ArchivePreference.Zstandard => [ArchiveFormat.Zstandard, ArchiveFormat.Xz, ArchiveFormat.Gzip],
            _ when archives.FirstOrDefault(isBegun) is { } begun => [begun.Format],
            _ when IsLinkFaster => [ArchiveFormat.Zstandard, ArchiveFormat.Gzip, ArchiveFormat.Xz],
            _ => [ArchiveFormat.Zstandard, ArchiveFormat.Xz, ArchiveFormat.Gzip],
        };
        return archives
            .OrderBy(archive => Array.IndexOf(order, archive.Format) is >= 0 and var place ? place : order.Length)
            .First();
    }
}
