using System.IO.Hashing;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>A component made of what another rustup installed; its id is the digest of its listing.</summary>
public sealed record AdoptedComponent(string ComponentId, Component Component, StagedComponent Staged);

/// <summary>
/// Makes a component of the files of an installed one: hard links where the file system has them, so that nothing is
/// copied and the toolchain that they come from goes on being used.
/// </summary>
/// <remarks>
/// Crash: everything is below a staging directory that recovery throws away. The files themselves are sealed by then, which
/// rustup does not mind: it replaces files and never writes into them.
/// </remarks>
public sealed class ComponentAdopter(Machine machine, Reporter reporter)
{
    private const int ChunkBytes = 1 << 17;

    /// <param name="installation">Where the files are.</param>
    /// <param name="component">Which of its components.</param>
    /// <param name="directory">Where the component is staged; it must not exist.</param>
    /// <exception cref="StoreException">Corrupt: a file is missing, or is no file.</exception>
    public AdoptedComponent Stage(RustupInstallation installation, Component component, string directory)
    {
        var manifest = installation.ReadComponentManifest(component);
        var source = new Source(machine.Files, installation);
        source.Add(InstallManifest.Parse(manifest, component.FullName));
        var files = Path.Combine(directory, StoreLayout.ComponentFilesDirectoryName);
        machine.Files.CreateDirectories(files);
        var directories = source.Directories.Order(StringComparer.Ordinal).ToList();
        foreach (var path in directories)
        {
            machine.Files.CreateDirectory(Path.Combine(files, path));
        }
        var listed = LinkAll(installation, source, component, files);
        var listing = new Listing(directories, listed);
        var text = listing.Format();
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentListingFileName), text, FileSystemExtensions.SealedFile);
        machine.Files.WriteNew(
            Path.Combine(directory, StoreLayout.ComponentManifestFileName), manifest, FileSystemExtensions.SealedFile);
        var id = ObjectId.OfComponent(DigestHasher.Compute(text));
        var checksum = Listing.FormatChecksum(Listing.ChecksumOf(text));
        return new AdoptedComponent(id, component, new StagedComponent(
            directory, listing, checksum, Listing.FormatChecksum(Listing.ChecksumOf(manifest))));
    }

    private List<ListedFile> LinkAll(RustupInstallation installation, Source source, Component component, string files)
    {
        var paths = source.Files.Order(StringComparer.Ordinal).ToList();
        var listed = new List<ListedFile>(paths.Count);
        var buffer = new byte[ChunkBytes];
        var total = source.TotalBytes;
        long done = 0;
        foreach (var path in paths)
        {
            listed.Add(Link(Path.Combine(installation.Path, path), path, files, buffer));
            done += listed[^1].SizeBytes;
            reporter.Unpacked(component.FullName, done, Math.Max(total, done));
        }
        return listed;
    }

    private ListedFile Link(string existing, string path, string files, byte[] buffer)
    {
        var target = Path.Combine(files, path);
        var isExecutable = machine.Files.Status(existing)?.Mode.HasFlag(UnixFileMode.UserExecute) == true;
        var mode = isExecutable ? FileSystemExtensions.SealedExecutable : FileSystemExtensions.SealedFile;
        try
        {
            machine.Files.CreateHardLink(existing, target);
            machine.Files.SetMode(target, mode);
        }
        catch (FileSystemException refused) when (refused.Error
            is FileSystemError.TooManyLinks or FileSystemError.CrossesDevices or FileSystemError.NotSupported
            or FileSystemError.AccessDenied)
        {
            machine.Files.TryDeleteFile(target);
            machine.Files.CopyFile(existing, target, mode);
        }
        using var file = machine.Files.OpenRead(target);
        long length = 0;
        var count = file.Read(buffer, 0);
        if (count < buffer.Length)
        {
            return new ListedFile(path, isExecutable, count, Listing.ChecksumOf(buffer.AsSpan(0, count)));
        }
        var checksum = new XxHash128();
        for (; count > 0; count = file.Read(buffer, length))
        {
            checksum.Append(buffer.AsSpan(0, count));
            length += count;
        }
        return new ListedFile(path, isExecutable, length, checksum.GetCurrentHashAsUInt128());
    }

    /// <summary>What a component's manifest names, found in an installation.</summary>
    private sealed class Source(IFileSystem files, RustupInstallation installation)
    {
        internal HashSet<string> Directories { get; } = new(StringComparer.Ordinal);

        internal HashSet<string> Files { get; } = new(StringComparer.Ordinal);

        internal long TotalBytes { get; private set; }

        internal void Add(InstallManifest manifest)
        {
            foreach (var file in manifest.Files)
            {
                AddFile(Inside(file));
            }
            foreach (var directory in manifest.Directories)
            {
                AddDirectory(Inside(directory));
            }
        }

        private string Inside(string named) =>
            ArchivePath.TryParse(named) is { Parts: { Count: > 0 } parts }
                ? string.Join('/', parts)
                : throw installation.Incomplete($"'{named}', which a component names, leads out of it");

        private void AddFile(string path)
        {
            var full = Path.Combine(installation.Path, path);
            if (files.Status(full) is not { Kind: FileKind.File } status)
            {
                throw installation.Incomplete(
                    files.Exists(full) ? $"'{path}' is no ordinary file" : $"'{path}' is missing");
            }
            if (Files.Add(path))
            {
                TotalBytes += status.SizeBytes;
                AddParents(path);
            }
        }

        private void AddDirectory(string path)
        {
            var full = Path.Combine(installation.Path, path);
            if (files.Status(full) is not { Kind: FileKind.Directory })
            {
                throw installation.Incomplete(
                    files.Exists(full) ? $"'{path}' is no directory" : $"'{path}' is missing");
            }
            Directories.Add(path);
            AddParents(path);
            foreach (var entry in files.List(full))
            {
                var below = $"{path}/{entry.Name}";
                if (entry.Kind == FileKind.Directory)
                {
                    AddDirectory(below);
                }
                else
                {
                    AddFile(below);
                }
            }
        }

        private void AddParents(string path)
        {
            for (var end = path.LastIndexOf('/'); end > 0 && Directories.Add(path[..end]); end = path.LastIndexOf('/', end - 1))
            {
            }
        }
    }
}
