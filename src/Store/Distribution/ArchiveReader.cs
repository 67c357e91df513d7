using ICSharpCode.SharpZipLib.Tar;

namespace ToolchainStore.Distribution;

/// <summary>An entry of an archive: a directory, or a file whose bytes come next.</summary>
public sealed record ArchiveEntry(ArchivePath Path, bool IsDirectory, bool IsExecutable, long SizeBytes);

/// <summary>
/// Reads a compressed tar of a package from first to last entry. What could do harm ends the reading: paths that leave
/// the tree, links, devices, sizes that the disk cannot hold, and bytes that the format does not allow.
/// </summary>
public sealed class ArchiveReader : IDisposable
{
    private const int UserExecute = 0b001_000_000;

    private readonly string name;
    private readonly string destination;
    private readonly long bytesAvailable;
    private readonly Stream decompressed;
    private readonly TarReader tar;
    private long declaredBytes;

    /// <param name="archive">The compressed bytes.</param>
    /// <param name="format">How they are compressed.</param>
    /// <param name="name">What errors call the archive.</param>
    /// <param name="destination">Where the files go, for errors.</param>
    /// <param name="bytesAvailable">How much the unpacked files may take there.</param>
    public ArchiveReader(Stream archive, ArchiveFormat format, string name, string destination, long bytesAvailable)
    {
        this.name = name;
        this.destination = destination;
        this.bytesAvailable = bytesAvailable;
        decompressed = Decompression.Open(archive, format);
        tar = new TarReader(decompressed);
    }

    /// <summary>The next entry; null at the end.</summary>
    public ArchiveEntry? Next() => Guard(() =>
    {
        if (tar.Next() is { } entry)
        {
            if (ArchivePath.TryParse(entry.Name) is not { } path)
            {
                throw Refuse($"the path '{entry.Name}' leads out of it");
            }
            switch (entry.TypeFlag)
            {
                case TarHeader.LF_DIR:
                    return new ArchiveEntry(path, IsDirectory: true, IsExecutable: false, 0);
                case TarHeader.LF_NORMAL or TarHeader.LF_OLDNORM or TarHeader.LF_CONTIG:
                    CountSize(entry);
                    var isExecutable = (entry.Mode & UserExecute) != 0;
                    return new ArchiveEntry(path, IsDirectory: false, isExecutable, entry.SizeBytes);
                default:
                    throw Refuse($"'{entry.Name}' is a {DescribeKind(entry.TypeFlag)}, which is not supported");
            }
        }
        return null;
    });

    /// <summary>Bytes of the current entry; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        try
        {
            return tar.Read(buffer);
        }
        catch (Exception broken) when (IsFormatError(broken))
        {
            throw Refuse(broken.Message, broken);
        }
    }

    /// <summary>Reads to the end of the compressed bytes, so that a torn tail is noticed.</summary>
    public void Finish() => Guard(() =>
    {
        Span<byte> rest = stackalloc byte[4096];
        while (decompressed.Read(rest) > 0)
        {
        }
        return true;
    });

    public void Dispose() => decompressed.Dispose();

    private void CountSize(TarMember entry)
    {
        if (entry.SizeBytes < 0 || entry.SizeBytes > bytesAvailable - declaredBytes)
        {
            throw Refuse(
                $"'{entry.Name}' is {entry.SizeBytes} bytes, and the file system has less for '{destination}': {bytesAvailable}"
                + "\nhelp: free some space on this file system; `rustup store gc` works on a full disk");
        }
        declaredBytes += entry.SizeBytes;
    }

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (IsFormatError(broken))
        {
            throw Refuse(broken.Message, broken);
        }
    }

    private StoreException Refuse(string reason, Exception? cause = null) =>
        new(StoreErrorKind.Corrupt, $"the archive '{name}' was refused: {reason}", cause);

    /// <summary>What the decompressors and the tar layer throw on bytes they do not understand.</summary>
    private static bool IsFormatError(Exception exception) => exception
        is TarException or InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException
        or SharpCompress.Common.SharpCompressException or ArgumentException or IndexOutOfRangeException
        or FormatException or OverflowException;

    private static string DescribeKind(byte typeFlag) => typeFlag switch
    {
        TarHeader.LF_LINK => "hard link",
        TarHeader.LF_SYMLINK => "symbolic link",
        TarHeader.LF_CHR => "character device",
        TarHeader.LF_BLK => "block device",
        TarHeader.LF_FIFO => "named pipe",
        _ => $"tar entry of kind '{(char)typeFlag}'",
    };
}
