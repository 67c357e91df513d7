using System.Buffers;
using System.IO.Hashing;
using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>A component that is complete in staging and may be published once it is durable.</summary>
public sealed record StagedComponent(string Path, Listing Listing, string ListingChecksum);

/// <summary>Unpacks one archive into a component: its files sealed read-only, its listing, its manifest.</summary>
/// <remarks>Crash: everything is below a staging directory that recovery throws away.</remarks>
public sealed class ComponentUnpacker(Machine machine, Reporter reporter)
{
    private const int ChunkBytes = 1 << 17;
    private const string InstallerVersionFile = "rust-installer-version";
    private const string SupportedInstallerVersion = "3";

    /// <param name="archive">The compressed bytes; read to their end.</param>
    /// <param name="format">How they are compressed.</param>
    /// <param name="part">Which package and target the archive must hold.</param>
    /// <param name="component">What progress and errors call it.</param>
    /// <param name="directory">Where the component is staged; it must not exist.</param>
    public StagedComponent Unpack(
        IFile archive, ArchiveFormat format, TreePart part, string component, string directory)
    {
        var files = Path.Combine(directory, StoreLayout.ComponentFilesDirectoryName);
        machine.Files.CreateDirectories(files);
        var compressedBytes = archive.Length;
        using var stream = new CountingStream(
            new FileContentStream(archive, 0),
            bytes => reporter.Unpacked(component, bytes, compressedBytes));
        using var reader = new ArchiveReader(
            stream, format, component, directory, machine.Files.AvailableBytes(directory));
        var unpacked = UnpackEntries(reader, part, component, files);
        reader.Finish();
        var listing = DropUnnamed(unpacked, component, files);
        var text = listing.Format();
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentListingFileName), text, FileSystemExtensions.SealedFile);
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentManifestFileName), unpacked.Manifest ?? [],
            FileSystemExtensions.SealedFile);
        return new StagedComponent(directory, listing, Listing.FormatChecksum(Listing.ChecksumOf(text)));
    }

    /// <summary>Takes away what the archive holds and does not claim to install.</summary>
    private Listing DropUnnamed(Unpacked unpacked, string component, string files)
    {
        var listing = unpacked.ToListing(component, out var unnamed);
        foreach (var path in unnamed)
        {
            machine.Files.DeleteFile(Path.Combine(files, path));
        }
        return listing with { Files = [.. listing.Files.Where(file => !unnamed.Contains(file.Path))] };
    }

    private Unpacked UnpackEntries(ArchiveReader reader, TreePart part, string component, string files)
    {
        var unpacked = new Unpacked();
        var made = new HashSet<string>(StringComparer.Ordinal);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (reader.Next() is { } entry)
            {
                // <package>-<version>-<target>/<component>/<path>: the first part is packaging.
                switch (entry.Path.Parts)
                {
                    case [_, InstallerVersionFile] when !entry.IsDirectory:
                        RequireSupported(ReadSmall(reader, entry, component), component);
                        break;
                    case [_, var name, "manifest.in"] when IsNameOf(name, part) && !entry.IsDirectory:
                        unpacked.Manifest = ReadSmall(reader, entry, component);
                        break;
                    case [_, var name, _, ..] when IsNameOf(name, part):
                        var path = string.Join('/', entry.Path.Parts.Skip(2));
                        MakeDirectories(files, entry.IsDirectory ? path : ParentOf(path), made, unpacked);
                        if (!entry.IsDirectory)
                        {
                            unpacked.Files.Add(WriteFile(reader, entry, path, files, buffer));
                        }
                        break;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return unpacked;
    }

    private ListedFile WriteFile(ArchiveReader reader, ArchiveEntry entry, string path, string files, byte[] buffer)
    {
        var mode = entry.IsExecutable ? FileSystemExtensions.SealedExecutable : FileSystemExtensions.SealedFile;
        var target = Path.Combine(files, path);
        var count = Fill(reader, buffer);
        if (count < buffer.Length)
        {
            var content = buffer.AsSpan(0, count);
            machine.Files.WriteNew(target, content, mode);
            return new ListedFile(path, entry.IsExecutable, count, Listing.ChecksumOf(content));
        }
        var checksum = new XxHash128();
        long length = 0;
        using var file = machine.Files.Create(target, mode);
        while (count > 0)
        {
            file.Write(buffer.AsSpan(0, count), length);
            checksum.Append(buffer.AsSpan(0, count));
            length += count;
            count = Fill(reader, buffer);
        }
        return new ListedFile(path, entry.IsExecutable, length, checksum.GetCurrentHashAsUInt128());
    }

    /// <summary>Reads until the buffer is full or the entry ends.</summary>
    private static int Fill(ArchiveReader reader, byte[] buffer)
    {
        var filled = 0;
        int count;
        while (filled < buffer.Length && (count = reader.Read(buffer.AsSpan(filled))) > 0)
        {
            filled += count;
        }
        return filled;
    }

    private static byte[] ReadSmall(ArchiveReader reader, ArchiveEntry entry, string component)
    {
        const int LongestMetadata = 64 << 20;
        if (entry.SizeBytes > LongestMetadata)
        {
            throw new StoreException(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
        }
        var content = new byte[entry.SizeBytes];
        var count = Fill(reader, content);
        return count == content.Length
            ? content
            : throw new StoreException(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
    }

    private static void RequireSupported(byte[] version, string component)
    {
        var text = Encoding.UTF8.GetString(version).Trim();
        if (text != SupportedInstallerVersion)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt, $"unsupported installer version in the archive of '{component}': {text}");
        }
    }

    private static bool IsNameOf(string name, TreePart part) => name == part.Package || name == part.FullName;

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";

    private void MakeDirectories(string files, string path, HashSet<string> made, Unpacked unpacked)
    {
        if (path.Length == 0 || !made.Add(path))
        {
            return;
        }
        MakeDirectories(files, ParentOf(path), made, unpacked);
        machine.Files.CreateDirectory(Path.Combine(files, path));
        unpacked.Directories.Add(path);
    }

    /// <summary>What came out of an archive so far.</summary>
    private sealed class Unpacked
    {
        internal List<string> Directories { get; } = [];

        internal List<ListedFile> Files { get; } = [];

        internal byte[]? Manifest { get; set; }

        internal Listing ToListing(string component, out IReadOnlySet<string> unnamed)
        {
            if (Manifest is null)
            {
                throw new StoreException(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
            }
            Directories.Sort(StringComparer.Ordinal);
            Files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
            var listing = new Listing(Directories, Files);
            unnamed = InstallManifest.Parse(Manifest, component).FindUnnamed(listing, component);
            return listing;
        }
    }

    /// <summary>Passes bytes through and says how many came.</summary>
    private sealed class CountingStream(Stream inner, Action<long> report) : Stream
    {
        private long count;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => inner.Length;

        public override long Position
        {
            get => count;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            count += read;
            report(count);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
