using System.Buffers.Binary;
using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>A component to compose from: where its files are now, and what they are.</summary>
public sealed record TreeSource(TreePart Part, string FilesPath, string ManifestPath, Listing Listing)
{
    /// <summary>Whether the listing is but the directory that becomes a link, because the component waits to be unpacked.</summary>
    public bool IsOutline { get; init; }
}

/// <summary>A tree that is complete in staging and may be published once it is durable.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="OwnBytes">The bytes that it shares with no component.</param>
/// <param name="OwnChecksum">As <see cref="TreeMetadata.ChecksumOf"/>.</param>
public sealed record StagedTree(string Path, long OwnBytes, string OwnChecksum);

/// <summary>
/// Composes a sysroot out of components: files by hard link (reflink, copy where that cannot be), documentation
/// as one link to its directory, <c>bin/rustc</c> as a copy of its own, and the metadata that other tools read.
/// </summary>
/// <remarks>Crash: everything is below a staging directory that recovery throws away.</remarks>
public sealed class TreeComposer(Machine machine)
{
    private const string DocumentationRoot = "share/doc/";
    internal const string Compiler = "bin/rustc";

    // What a lock file holds as long as it is alive (Collection/LockFile).
    internal static readonly byte[] LeaseContent = "A"u8.ToArray();

    private LinkMethod method = LinkMethod.HardLink;

    private enum LinkMethod
    {
        HardLink,
        Reflink,
        Copy,
    }

    /// <param name="treeId">The id it will be published under; links and times depend on it.</param>
    /// <param name="sources">In the order in which the metadata lists them.</param>
    /// <param name="release">The channel manifest, for programs that look for it in the tree.</param>
    /// <param name="directory">Where the tree is staged; it must not exist.</param>
    public StagedTree Compose(string treeId, IReadOnlyList<TreeSource> sources, string release, string directory)
    {
        machine.Files.CreateDirectories(directory);
        var links = FindDocumentationLinks(sources);
        var made = new HashSet<string>(StringComparer.Ordinal) { "" };
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        long ownBytes = 0;
        foreach (var source in sources)
        {
            ownBytes += Add(source, treeId, links, directory, made, owners);
        }
        foreach (var (path, componentId) in links)
        {
            MakeDirectories(directory, ParentOf(path), made);
            machine.Files.CreateSymbolicLink(
                Path.Combine(directory, path), LinkTarget(path, componentId), isDirectory: true);
        }
        if (!TreeMetadata.IsHeldByFiles(sources.Select(source => source.Part)))
        {
            MakeDirectories(directory, TreeMetadata.Directory, made);
            ownBytes += TreeMetadata.Write(machine, sources, release, directory);
        }
        machine.Files.WriteNew(Path.Combine(directory, StoreLayout.LeaseFileName), LeaseContent, FileSystemExtensions.OrdinaryFile);
        return new StagedTree(
            directory, ownBytes, TreeMetadata.ChecksumOf(machine.Files, [.. sources.Select(source => source.Part)], directory));
    }

    /// <summary>Every file of a tree that it does not share with a component, for verification.</summary>
    public static IReadOnlyList<string> OwnFiles(IReadOnlyList<TreePart> parts) =>
    [
        StoreLayout.LeaseFileName,
        .. TreeMetadata.ListPaths(parts),
    ];

    /// <summary>
    /// The topmost directories below share/doc that belong to one component: documentation is 99 % of all files, and
    /// one link stands for all of it.
    /// </summary>
    public static IReadOnlyDictionary<string, string> FindDocumentationLinks(IReadOnlyList<TreeSource> sources)
    {
        var owners = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var paths = source.Listing.Directories.Concat(
                source.Listing.Files.Select(file => ParentOf(file.Path)));
            foreach (var path in paths.Where(path => path.StartsWith(DocumentationRoot, StringComparison.Ordinal)))
            {
                for (var directory = path; directory.Length > DocumentationRoot.Length; directory = ParentOf(directory))
                {
                    if (!owners.TryAdd(directory, source.Part.ComponentId)
                        && owners[directory] != source.Part.ComponentId)
                    {
                        owners[directory] = null;
                    }
                }
            }
        }
        return owners
            .Where(entry => entry.Value is not null && owners.GetValueOrDefault(ParentOf(entry.Key)) is null)
            .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);
    }

    /// <summary>
    /// The modification time of bin/rustc, in nanoseconds. cargo caches what a compiler says of its sysroot under this
    /// time, so it differs from tree to tree by whole seconds: between 2004 and 2021, never in the future.
    /// </summary>
    public static long CompilerTime(string treeId)
    {
        var hash = Listing.ChecksumOf(Encoding.ASCII.GetBytes(treeId));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        long seconds = 0x4000_0000 + (BinaryPrimitives.ReadInt32BigEndian(bytes) & 0x1fff_ffff);
        return seconds * 1_000_000_000;
    }

    private long Add(
        TreeSource source,
        string treeId,
        IReadOnlyDictionary<string, string> links,
        string directory,
        HashSet<string> made,
        Dictionary<string, string> owners)
    {
        long ownBytes = 0;
        foreach (var path in source.Listing.Directories.Where(path => !IsLinked(path, links)))
        {
            MakeDirectories(directory, path, made);
        }
        foreach (var file in source.Listing.Files)
        {
            var parent = ParentOf(file.Path);
            if (IsLinked(parent, links))
            {
                continue;
            }
            if (!owners.TryAdd(file.Path, source.Part.FullName))
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt,
                    $"failed to install component: '{source.Part.FullName}', detected conflict: '{file.Path}'"
                    + $"\nnote: '{owners[file.Path]}' installs it too");
            }
            MakeDirectories(directory, parent, made);
            var existing = Path.Combine(source.FilesPath, file.Path);
            var target = Path.Combine(directory, file.Path);
            var mode = file.IsExecutable ? FileSystemExtensions.SealedExecutable : FileSystemExtensions.SealedFile;
            if (file.Path == Compiler)
            {
                machine.Files.CopyFile(existing, target, mode);
                machine.Files.SetModified(target, CompilerTime(treeId));
                ownBytes += file.SizeBytes;
            }
            else if (!TryLink(existing, target, mode))
            {
                ownBytes += file.SizeBytes;
            }
        }
        return ownBytes;
    }

    /// <summary>Hard link, else reflink, else copy; false if the bytes were copied. What a file system cannot do once is not tried again.</summary>
    private bool TryLink(string existing, string target, UnixFileMode mode)
    {
        if (method == LinkMethod.HardLink)
        {
            try
            {
                machine.Files.CreateHardLink(existing, target);
                return true;
            }
            catch (FileSystemException refused) when (refused.Error
                is FileSystemError.TooManyLinks or FileSystemError.CrossesDevices or FileSystemError.NotSupported
                or FileSystemError.AccessDenied)
            {
                // EMLINK concerns this file alone, the others every file here.
                method = refused.Error == FileSystemError.TooManyLinks ? method : LinkMethod.Reflink;
            }
        }
        if (method != LinkMethod.Copy)
        {
            try
            {
                machine.Files.CloneFile(existing, target, mode);
                return true;
            }
            catch (FileSystemException refused) when (refused.Error
                is FileSystemError.NotSupported or FileSystemError.CrossesDevices or FileSystemError.AccessDenied)
            {
                method = method == LinkMethod.Reflink ? LinkMethod.Copy : method;
            }
        }
        machine.Files.CopyFile(existing, target, mode);
        return false;
    }

    private void MakeDirectories(string root, string path, HashSet<string> made)
    {
        if (!made.Add(path))
        {
            return;
        }
        MakeDirectories(root, ParentOf(path), made);
        machine.Files.CreateDirectory(Path.Combine(root, path));
    }

    /// <summary>Whether a directory, or one above it, is one of the links.</summary>
    public static bool IsLinked(string directory, IReadOnlyDictionary<string, string> links)
    {
        for (; directory.Length > DocumentationRoot.Length; directory = ParentOf(directory))
        {
            if (links.ContainsKey(directory))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>From the link's place in the published tree up to store/, down into the component.</summary>
    internal static string LinkTarget(string path, string componentId)
    {
        const int LevelsFromTreeToStore = 2;
        var levels = path.Count(character => character == '/') + LevelsFromTreeToStore;
        var up = string.Concat(Enumerable.Repeat("../", levels));
        return $"{up}components/{componentId}/{StoreLayout.ComponentFilesDirectoryName}/{path}";
    }

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";
}
