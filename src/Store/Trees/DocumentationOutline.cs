using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>
/// What a tree is composed from while its documentation waits: the one directory that becomes a link, and what the archive says
/// of itself. Every archive of documentation is like this, and only reading it to its end would tell; one that turns out to
/// be irregular gets another id, and trees another one with it.
/// </summary>
public static class DocumentationOutline
{
    private const string LinkedDirectory = "share/doc/rust/html";

    public static byte[] Manifest => Encoding.UTF8.GetBytes($"dir:{LinkedDirectory}\n");

    public static Listing Listing { get; } = new(["share", "share/doc", "share/doc/rust", LinkedDirectory], []);

    /// <summary>Whether a tree of these components has one link for all of the documentation.</summary>
    public static bool IsLinked(IReadOnlyDictionary<string, string> links) => TreeComposer.IsLinked(LinkedDirectory, links);

    /// <summary>Whether a tree that was composed from the outline is the one that this would have made.</summary>
    public static bool Describes(Listing listing, ReadOnlySpan<byte> manifest) =>
        manifest.SequenceEqual(Manifest)
        && listing.Directories.Contains(LinkedDirectory)
        && listing.Directories.All(path => IsBelow(path) || Listing.Directories.Contains(path))
        && listing.Files.All(file => IsBelow(file.Path));

    /// <summary>The same of a component that is there, by its topmost directories instead of the fifty thousand lines of its listing.</summary>
    /// <param name="files">Where they are looked at.</param>
    /// <param name="directory">The component's files.</param>
    /// <param name="manifest">Its <c>manifest.in</c>.</param>
    public static bool Describes(IFileSystem files, string directory, string manifest)
    {
        foreach (var name in LinkedDirectory.Split('/'))
        {
            if (files.List(directory) is not [{ Kind: FileKind.Directory } only] || only.Name != name)
            {
                return false;
            }
            directory = Path.Combine(directory, name);
        }
        return files.ReadAll(manifest).AsSpan().SequenceEqual(Manifest);
    }

    private static bool IsBelow(string path) => path.StartsWith(LinkedDirectory + "/", StringComparison.Ordinal);
}
