using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Exchange;

/// <summary>
/// Writes a component as an archive of rust-installer's format, as servers have them: whoever unpacks it gets the same
/// listing, byte for byte.
/// </summary>
internal sealed class ComponentArchive(Machine machine, StoreLayout layout, TreePart part, Listing listing)
{
    private const int ChunkBytes = 1 << 17;

    private string Root => part.FullName;

    /// <exception cref="StoreException">Corrupt: a file is not as its listing says.</exception>
    internal void Write(Stream output)
    {
        using var compressed = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        using var tar = new TarOutputStream(compressed, Encoding.UTF8) { IsStreamOwner = false };
        foreach (var (name, content) in ListTexts())
        {
            Begin(tar, name, TarHeader.LF_NORMAL, isExecutable: false, content.Length);
            tar.Write(content, 0, content.Length);
            tar.CloseEntry();
        }
        foreach (var directory in listing.Directories)
        {
            Begin(tar, $"{Root}/{Root}/{directory}/", TarHeader.LF_DIR, isExecutable: true, 0);
            tar.CloseEntry();
        }
        foreach (var file in listing.Files)
        {
            Begin(tar, $"{Root}/{Root}/{file.Path}", TarHeader.LF_NORMAL, file.IsExecutable, file.SizeBytes);
            Copy(machine, Path.Combine(layout.ComponentFiles(part.ComponentId), file.Path), file, tar);
            tar.CloseEntry();
        }
    }

    /// <summary>Whether a stream holds what <see cref="Write"/> writes: every byte of it is read and compared.</summary>
    internal bool IsWrittenTo(Stream archive)
    {
        try
        {
            using var reader = new ArchiveReader(archive, ArchiveFormat.Gzip, Root, destination: "", bytesAvailable: long.MaxValue);
            var isSame = ListTexts().All(text => IsNext(reader, text.Name, isExecutable: false, text.Content.Length, Listing.ChecksumOf(text.Content)))
                && listing.Directories.All(directory => reader.Next() is { IsDirectory: true } entry && IsAt(entry, $"{Root}/{Root}/{directory}"))
                && listing.Files.All(file => IsNext(reader, $"{Root}/{Root}/{file.Path}", file.IsExecutable, file.SizeBytes, file.Checksum))
                && reader.Next() is null;
            if (isSame)
            {
                reader.Finish();
            }
            return isSame;
        }
        catch (StoreException torn) when (torn.Kind == StoreErrorKind.Corrupt)
        {
            return false;
        }
    }

    private static bool IsNext(ArchiveReader reader, string path, bool isExecutable, long bytes, UInt128 checksum)
    {
        if (reader.Next() is not { IsDirectory: false } entry
            || !IsAt(entry, path) || entry.IsExecutable != isExecutable || entry.SizeBytes != bytes)
        {
            return false;
        }
        var hasher = new System.IO.Hashing.XxHash128();
        Span<byte> buffer = new byte[Math.Min(ChunkBytes, Math.Max(1, bytes))];
        int count;
        while ((count = reader.Read(buffer)) > 0)
        {
            hasher.Append(buffer[..count]);
        }
        return hasher.GetCurrentHashAsUInt128() == checksum;
    }

    private static bool IsAt(ArchiveEntry entry, string path) => entry.Path.Parts.SequenceEqual(path.Split('/'));

    private IReadOnlyList<(string Name, byte[] Content)> ListTexts() =>
    [
        ($"{Root}/rust-installer-version", "3\n"u8.ToArray()),
        ($"{Root}/components", Encoding.UTF8.GetBytes(Root + "\n")),
        ($"{Root}/{Root}/manifest.in", machine.Files.ReadAll(layout.ComponentManifest(part.ComponentId))),
    ];

    private static void Copy(Machine machine, string path, ListedFile listed, TarOutputStream tar)
    {
        using var file = machine.Files.OpenRead(path);
        var hasher = new System.IO.Hashing.XxHash128();
        var buffer = new byte[Math.Min(ChunkBytes, Math.Max(1, listed.SizeBytes))];
        for (long copied = 0; copied < listed.SizeBytes;)
        {
            var count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, listed.SizeBytes - copied)), copied);
            if (count == 0)
            {
                break;
            }
            tar.Write(buffer, 0, count);
            hasher.Append(buffer.AsSpan(0, count));
            copied += count;
        }
        if (file.Length != listed.SizeBytes || hasher.GetCurrentHashAsUInt128() != listed.Checksum)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"'{path}' is not as it was installed\nhelp: run `rustup store verify --contents` to see what else is not");
        }
    }

    private static void Begin(TarOutputStream tar, string name, byte kind, bool isExecutable, long bytes) =>
        tar.PutNextEntry(new TarEntry(new TarHeader
        {
            Name = name,
            TypeFlag = kind,
            Mode = Convert.ToInt32(isExecutable ? "755" : "644", 8),
            Size = bytes,
            // Equal components are equal archives, whenever they are written.
            ModTime = DateTime.UnixEpoch,
        }));
}
