using System.Buffers;
using System.IO.Hashing;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>What an archive unpacks to, without its files.</summary>
/// <param name="Listing">As the component will have it.</param>
/// <param name="Manifest">What the archive says it installs.</param>
public sealed record SurveyedComponent(Listing Listing, byte[] Manifest)
{
    /// <summary>The deepest directory that everything is below, if it is documentation; else null.</summary>
    public string? Directory { get; } = FindDirectory(Listing);

    /// <summary>
    /// What a tree is composed from as long as the component waits: of all its directories the one that becomes a link.
    /// </summary>
    public static Listing Outline(string directory) => new(ListAncestors(directory), []);

    private static string? FindDirectory(Listing listing)
    {
        var common = listing.Files.Select(file => ParentOf(file.Path)).Aggregate(
            (string?)null, (common, directory) => common is null ? directory : CommonAncestor(common, directory));
        return common is not null
            && common.StartsWith(TreeComposer.DocumentationRoot, StringComparison.Ordinal)
            && listing.Directories.All(directory => IsWithin(directory, common) || IsWithin(common, directory))
                ? common
                : null;
    }

    private static string CommonAncestor(string one, string other)
    {
        while (!IsWithin(other, one))
        {
            one = ParentOf(one);
        }
        return one;
    }

    private static bool IsWithin(string path, string directory) =>
        directory.Length == 0 || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static IReadOnlyList<string> ListAncestors(string directory) =>
        directory.Length == 0 ? [] : [.. ListAncestors(ParentOf(directory)), directory];

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";
}

/// <summary>
/// Reads an archive to its end, as <see cref="ComponentUnpacker"/> does, and writes nothing: for a component that is unpacked
/// later.
/// </summary>
/// <remarks>
/// Cost: decompressing it all. What the archive says of itself stands near its end (entry 50 455 of 53 353 of rust-docs 1.95.0),
/// and a tree must not depend on bytes that nobody has read.
/// </remarks>
public sealed class ArchiveSurvey(Machine machine)
{
    private const int ChunkBytes = 1 << 17;

    /// <param name="archive">The compressed bytes; read to their end.</param>
    /// <param name="format">How they are compressed.</param>
    /// <param name="part">Which package and target the archive must hold.</param>
    /// <param name="component">What errors call it.</param>
    /// <param name="destination">Where its files will go.</param>
    public SurveyedComponent Read(IFile archive, ArchiveFormat format, TreePart part, string component, string destination)
    {
        var directories = new HashSet<string>(StringComparer.Ordinal);
        var files = new List<ListedFile>();
        byte[]? manifest = null;
        using var reader = new ArchiveReader(
            new FileContentStream(archive, 0), format, component, destination, machine.Files.AvailableBytes(destination));
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        while (reader.Next() is { } entry)
        {
            switch (entry.Path.Parts)
            {
                case [_, ComponentUnpacker.InstallerVersionFile] when !entry.IsDirectory:
                    ComponentUnpacker.RequireSupported(ComponentUnpacker.ReadSmall(reader, entry, component), component);
                    break;
                case [_, var name, "manifest.in"] when ComponentUnpacker.IsInstalled(name, part) && !entry.IsDirectory:
                    manifest = ComponentUnpacker.ReadSmall(reader, entry, component);
                    break;
                case [_, var name, _, ..] when ComponentUnpacker.IsInstalled(name, part):
                    var path = string.Join('/', entry.Path.Parts.Skip(2));
                    AddDirectories(directories, entry.IsDirectory ? path : ParentOf(path));
                    if (!entry.IsDirectory)
                    {
                        files.Add(ReadFile(reader, entry, path, buffer));
                    }
                    break;
            }
        }
        ArrayPool<byte>.Shared.Return(buffer);
        reader.Finish();
        if (manifest is null)
        {
            throw new StoreException(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
        }
        return new SurveyedComponent(ListInstalled(directories, files, manifest, component), manifest);
    }

    private static Listing ListInstalled(
        HashSet<string> directories, List<ListedFile> files, byte[] manifest, string component)
    {
        var seen = new HashSet<string>(directories, StringComparer.Ordinal);
        if (files.FirstOrDefault(file => !seen.Add(file.Path)) is { } twice)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt, $"failed to install component: '{component}', detected conflict: '{twice.Path}'");
        }
        var unnamed = InstallManifest.Parse(manifest, component).FindUnnamed(new Listing([.. directories], files), component);
        return new Listing(
            [.. directories.Order(StringComparer.Ordinal)],
            [.. files.Where(file => !unnamed.Contains(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    private static ListedFile ReadFile(ArchiveReader reader, ArchiveEntry entry, string path, byte[] buffer)
    {
        var checksum = new XxHash128();
        long length = 0;
        int count;
        while ((count = reader.Read(buffer)) > 0)
        {
            checksum.Append(buffer.AsSpan(0, count));
            length += count;
        }
        return new ListedFile(path, entry.IsExecutable, length, checksum.GetCurrentHashAsUInt128());
    }

    private static void AddDirectories(HashSet<string> directories, string path)
    {
        for (; path.Length > 0 && directories.Add(path); path = ParentOf(path))
        {
        }
    }

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";
}
