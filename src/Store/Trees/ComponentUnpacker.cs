using System.Buffers;
using System.IO.Hashing;
using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>A component that is complete in staging and may be published once it is durable.</summary>
public sealed record StagedComponent(string Path, Listing Listing, string ListingChecksum, string ManifestChecksum);

/// <summary>Unpacks one archive into a component: its files sealed read-only, its listing, its manifest.</summary>
/// <remarks>Crash: everything is below a staging directory that recovery throws away.</remarks>
/// <param name="machine">Where it is unpacked.</param>
/// <param name="reporter">Told how far it is.</param>
/// <param name="isParallel">Whether files are written on another thread than the one that decompresses.</param>
public sealed class ComponentUnpacker(Machine machine, Reporter reporter, bool isParallel)
{
    private const int ChunkBytes = 1 << 17;
    private const string InstallerVersionFile = "rust-installer-version";
    private const string ComponentsFile = "components";
    private const string SupportedInstallerVersion = "3";

    /// <inheritdoc cref="Unpack(Stream, long, ArchiveFormat, TreePart, string, string)"/>
    public StagedComponent Unpack(
        IFile archive, ArchiveFormat format, TreePart part, string component, string directory) =>
        Unpack(new FileContentStream(archive, 0), archive.Length, format, part, component, directory);

    /// <param name="archive">The compressed bytes; read to their end.</param>
    /// <param name="compressedBytes">How many they are.</param>
    /// <param name="format">How they are compressed.</param>
    /// <param name="part">Which package and target the archive must hold.</param>
    /// <param name="component">What progress and errors call it.</param>
    /// <param name="directory">Where the component is staged; it must not exist.</param>
    public StagedComponent Unpack(
        Stream archive, long compressedBytes, ArchiveFormat format, TreePart part, string component, string directory)
    {
        var files = Path.Combine(directory, StoreLayout.ComponentFilesDirectoryName);
        machine.Files.CreateDirectories(files);
        using var stream = new CountingStream(
            archive, bytes => reporter.Unpacked(component, bytes, compressedBytes));
        using var reader = new ArchiveReader(
            stream, format, component, directory, machine.Files.AvailableBytes(directory));
        var unpacked = UnpackEntries(reader, part, component, files);
        reader.Finish();
        DropUnnamed(unpacked, component, files);
        if (part.IsWholeRelease)
        {
            WriteMetadata(unpacked, files);
        }
        var listing = unpacked.ToListing();
        var text = listing.Format();
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentListingFileName), text, FileSystemExtensions.SealedFile);
        var manifest = part.IsWholeRelease ? [] : unpacked.Installed.Single().Manifest!;
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentManifestFileName), manifest, FileSystemExtensions.SealedFile);
        return new StagedComponent(
            directory, listing,
            Listing.FormatChecksum(Listing.ChecksumOf(text)), Listing.FormatChecksum(Listing.ChecksumOf(manifest)));
    }

    /// <summary>Takes away what the archive holds and does not claim to install.</summary>
    private void DropUnnamed(Unpacked unpacked, string component, string files)
    {
        foreach (var path in unpacked.RemoveUnnamed(component))
        {
            machine.Files.DeleteFile(Path.Combine(files, path));
        }
    }

    /// <summary>
    /// A whole release brings the metadata that other tools read along, because its parts are no components by
    /// themselves that a tree could list.
    /// </summary>
    private void WriteMetadata(Unpacked unpacked, string files)
    {
        foreach (var (path, content) in TreeMetadata.DescribeInstalled(
            [.. unpacked.Installed.Select(part => (part.Name, part.Manifest ?? []))]))
        {
            MakeDirectories(files, ParentOf(path), unpacked);
            unpacked.Claim(path, "rust");
            machine.Files.WriteNew(Path.Combine(files, path), content, FileSystemExtensions.SealedFile);
            unpacked.Metadata.Add(new ListedFile(path, IsExecutable: false, content.Length, Listing.ChecksumOf(content)));
        }
    }

    private Unpacked UnpackEntries(ArchiveReader reader, TreePart part, string component, string files)
    {
        var unpacked = new Unpacked();
        using var writer = new FileWriter(machine, isParallel);
        while (reader.Next() is { } entry)
        {
            // <package>-<version>-<target>/<component>/<path>: the first part is packaging.
            switch (entry.Path.Parts)
            {
                case [_, InstallerVersionFile] when !entry.IsDirectory:
                    RequireSupported(ReadSmall(reader, entry, component), component);
                    break;
                case [_, ComponentsFile] when part.IsWholeRelease && !entry.IsDirectory:
                    unpacked.Names = Encoding.UTF8.GetString(ReadSmall(reader, entry, component))
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
                    break;
                case [_, var name, "manifest.in"] when IsInstalled(name, part) && !entry.IsDirectory:
                    unpacked.Part(NameOf(name, part)).Manifest = ReadSmall(reader, entry, component);
                    break;
                case [_, var name, _, ..] when IsInstalled(name, part):
                    var path = string.Join('/', entry.Path.Parts.Skip(2));
                    MakeDirectories(files, entry.IsDirectory ? path : ParentOf(path), unpacked);
                    if (!entry.IsDirectory)
                    {
                        unpacked.Claim(path, name);
                        WriteFile(reader, entry, path, files, unpacked.Part(NameOf(name, part)), writer);
                    }
                    break;
            }
        }
        writer.Finish();
        return unpacked;
    }

    private void WriteFile(
        ArchiveReader reader, ArchiveEntry entry, string path, string files, UnpackedPart part, FileWriter writer)
    {
        var mode = entry.IsExecutable ? FileSystemExtensions.SealedExecutable : FileSystemExtensions.SealedFile;
        var target = Path.Combine(files, path);
        if (entry.SizeBytes <= ChunkBytes)
        {
            var content = ArrayPool<byte>.Shared.Rent(Math.Max((int)entry.SizeBytes, 1));
            var length = Fill(reader, content.AsSpan(0, (int)entry.SizeBytes));
            writer.Write(target, content, length, mode, checksum => part.Add(new ListedFile(path, entry.IsExecutable, length, checksum)));
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        var hasher = new XxHash128();
        long written = 0;
        using (var file = machine.Files.Create(target, mode))
        {
            int count;
            while ((count = Fill(reader, buffer)) > 0)
            {
                file.Write(buffer.AsSpan(0, count), written);
                hasher.Append(buffer.AsSpan(0, count));
                written += count;
            }
            file.StartWriteBack();
        }
        ArrayPool<byte>.Shared.Return(buffer);
        part.Add(new ListedFile(path, entry.IsExecutable, written, hasher.GetCurrentHashAsUInt128()));
    }

    /// <summary>Reads until the buffer is full or the entry ends.</summary>
    private static int Fill(ArchiveReader reader, Span<byte> buffer)
    {
        var filled = 0;
        int count;
        while (filled < buffer.Length && (count = reader.Read(buffer[filled..])) > 0)
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
                StoreErrorKind.Corrupt,
                $"unsupported installer version in the archive of '{component}': {text}\nhelp: update rustup");
        }
    }

    /// <summary>Which folders of the archive are meant: that of the package, or all of them if it is a whole release.</summary>
    private static bool IsInstalled(string folder, TreePart part) =>
        part.IsWholeRelease || folder == part.Package || folder == part.FullName;

    private static string NameOf(string folder, TreePart part) => part.IsWholeRelease ? folder : part.FullName;

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";

    private void MakeDirectories(string files, string path, Unpacked unpacked)
    {
        if (path.Length == 0 || !unpacked.Directories.Add(path))
        {
            return;
        }
        MakeDirectories(files, ParentOf(path), unpacked);
        machine.Files.CreateDirectory(Path.Combine(files, path));
    }

    /// <summary>What came out of one folder of an archive so far.</summary>
    private sealed class UnpackedPart(string name)
    {
        internal string Name { get; } = name;

        internal List<ListedFile> Files { get; } = [];

        internal byte[]? Manifest { get; set; }

        /// <summary>Called by whichever thread wrote the file.</summary>
        internal void Add(ListedFile file)
        {
            lock (Files)
            {
                Files.Add(file);
            }
        }
    }

    /// <summary>What came out of an archive so far.</summary>
    private sealed class Unpacked
    {
        private readonly Dictionary<string, UnpackedPart> parts = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);

        internal HashSet<string> Directories { get; } = new(StringComparer.Ordinal);

        /// <summary>What a whole release says that it installs; null in an archive of one component.</summary>
        internal IReadOnlyList<string>? Names { get; set; }

        internal List<ListedFile> Metadata { get; } = [];

        /// <summary>The parts that are installed, in the archive's order.</summary>
        internal IReadOnlyList<UnpackedPart> Installed { get; private set; } = [];

        internal UnpackedPart Part(string name)
        {
            if (!parts.TryGetValue(name, out var part))
            {
                part = new UnpackedPart(name);
                parts.Add(name, part);
            }
            return part;
        }

        /// <summary>Two parts of a whole release cannot both install a file.</summary>
        internal void Claim(string path, string name)
        {
            if (!owners.TryAdd(path, name))
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt, $"failed to install component: '{name}', detected conflict: '{path}'");
            }
        }

        /// <summary>Forgets the files that no installed part's manifest names, and returns them.</summary>
        internal IReadOnlyList<string> RemoveUnnamed(string component)
        {
            Installed =
            [
                .. (Names ?? [.. parts.Keys]).Distinct().Select(name => parts.GetValueOrDefault(name) ?? throw Corrupt(component)),
            ];
            if (Installed.Count == 0)
            {
                throw Corrupt(component);
            }
            var unnamed = parts.Values.Except(Installed)
                .SelectMany(part => part.Files).Select(file => file.Path).ToList();
            foreach (var part in Installed)
            {
                var manifest = InstallManifest.Parse(part.Manifest ?? throw Corrupt(component), component);
                var extra = manifest.FindUnnamed(new Listing([.. Directories], part.Files), component);
                part.Files.RemoveAll(file => extra.Contains(file.Path));
                unnamed.AddRange(extra);
            }
            return unnamed;
        }

        internal Listing ToListing() => new(
            [.. Directories.Order(StringComparer.Ordinal)],
            [
                .. Installed.SelectMany(part => part.Files).Concat(Metadata)
                    .OrderBy(file => file.Path, StringComparer.Ordinal),
            ]);

        private static StoreException Corrupt(string component) =>
            new(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
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
