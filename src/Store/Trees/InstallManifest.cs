using System.Text;

namespace ToolchainStore.Trees;

/// <summary>The lines of <c>manifest.in</c>: what an archive says it installs, <c>file:PATH</c> or <c>dir:PATH</c>.</summary>
internal sealed record InstallManifest(IReadOnlyList<string> Files, IReadOnlyList<string> Directories)
{
    internal static InstallManifest Parse(byte[] content, string component)
    {
        var files = new List<string>();
        var directories = new List<string>();
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(content);
        foreach (var range in text.Split('\n'))
        {
            switch (text[range])
            {
                case "":
                    break;
                case ['f', 'i', 'l', 'e', ':', .. var file]:
                    files.Add(file.ToString());
                    break;
                case ['d', 'i', 'r', ':', .. var directory]:
                    directories.Add(directory.ToString());
                    break;
                default:
                    throw new StoreException(StoreErrorKind.Corrupt, $"component manifest for '{component}' is corrupt");
            }
        }
        return new InstallManifest(files, directories);
    }

    /// <summary>What the manifest names must be there; what it does not name is not installed and is returned.</summary>
    internal IReadOnlySet<string> FindUnnamed(Listing listing, string component)
    {
        var files = listing.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var directories = listing.Directories.ToHashSet(StringComparer.Ordinal);
        var missing = Files.FirstOrDefault(file => !files.Contains(file))
            ?? Directories.FirstOrDefault(directory => !directories.Contains(directory));
        if (missing is not null)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"the archive of '{component}' lacks '{missing}', which its manifest names"
                + "\nhelp: install another release, and tell who made this one");
        }
        var named = Files.ToHashSet(StringComparer.Ordinal);
        var prefixes = Directories.Select(directory => directory + "/").ToList();
        return listing.Files.Select(file => file.Path)
            .Where(path => !named.Contains(path)
                && !prefixes.Exists(prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);
    }
}
