using System.IO.Hashing;
using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>
/// What a tree says of itself to other programs, in <c>lib/rustlib</c> and in rustup's form: cargo, IDEs and a plain rustup
/// that uses our home read it, we do not.
/// </summary>
/// <remarks>
/// A plain rustup changes a toolchain in place, through our link, and would rewrite a tree that other names share. So
/// among the components is one that no release offers and whose manifest no rustup can parse: lists, <c>show</c>, <c>run</c> and
/// toolchain files work, every change fails before its first file (observed with 1.29.0).
/// </remarks>
internal static class TreeMetadata
{
    internal const string Directory = "lib/rustlib";

    /// <summary>The channel manifest.</summary>
    internal const string Release = $"{Directory}/{ReleaseName}";

    private const string ReleaseName = "multirust-channel-manifest.toml";
    private const string GuardName = "toolchain-store";

    // Neither "file:" nor "dir:".
    private const string GuardManifest = "store:this toolchain is in a store; change it with the rustup of that store\n";

    /// <summary>Whether the files of its only component bring the metadata along: its parts are no components that a tree could list.</summary>
    internal static bool IsHeldByFiles(IEnumerable<TreePart> parts) => parts.ToList() is [{ IsWholeRelease: true }];

    /// <summary>The paths that belong to a tree of these parts.</summary>
    internal static IReadOnlyList<string> ListPaths(IReadOnlyList<TreePart> parts) => IsHeldByFiles(parts)
        ? []
        : [.. Describe([.. parts.Select(part => (part, Array.Empty<byte>()))], release: "").Select(file => file.Path)];

    /// <summary>One checksum of all of it as it is on the disk, paths and contents; a file that is missing is one of its own.</summary>
    internal static string ChecksumOf(IFileSystem files, IReadOnlyList<TreePart> parts, string tree)
    {
        var checksum = new XxHash128();
        foreach (var path in ListPaths(parts))
        {
            var content = files.Status(Path.Combine(tree, path)) is { Kind: FileKind.File }
                ? files.ReadAll(Path.Combine(tree, path))
                : null;
            checksum.Append(Encoding.UTF8.GetBytes($"{path}\n{content?.Length}\n"));
            checksum.Append(content ?? []);
        }
        return Listing.FormatChecksum(checksum.GetCurrentHashAsUInt128());
    }

    /// <summary>Writes all of it below a staged tree; returns how many bytes that are.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="sources">In the order in which they are listed.</param>
    /// <param name="release">The channel manifest that the tree was first composed for.</param>
    /// <param name="tree">The staged tree; <c>lib/rustlib</c> is there.</param>
    internal static long Write(Machine machine, IReadOnlyList<TreeSource> sources, string release, string tree)
    {
        var parts = sources.Select(source => (source.Part, machine.Files.ReadAll(source.ManifestPath))).ToList();
        long bytes = 0;
        foreach (var (path, content) in Describe(parts, release))
        {
            machine.Files.WriteNew(Path.Combine(tree, path), content, FileSystemExtensions.SealedFile);
            bytes += content.Length;
        }
        return bytes;
    }

    /// <summary>What is installed, and from which files: all that there was before there were channel manifests.</summary>
    internal static IEnumerable<(string Path, byte[] Content)> DescribeInstalled(
        IReadOnlyList<(string Name, byte[] Manifest)> components)
    {
        // First, so that it stops even a change that removes everything.
        yield return File("components", string.Concat(components.Select(component => component.Name).Prepend(GuardName).Select(name => name + "\n")));
        yield return File("rust-installer-version", "3");
        foreach (var (name, manifest) in components)
        {
            yield return ($"{Directory}/manifest-{name}", manifest);
        }
        yield return File($"manifest-{GuardName}", GuardManifest);
    }

    private static IEnumerable<(string Path, byte[] Content)> Describe(
        IReadOnlyList<(TreePart Part, byte[] Manifest)> parts, string release)
    {
        foreach (var file in DescribeInstalled([.. parts.Select(part => (part.Part.FullName, part.Manifest))]))
        {
            yield return file;
        }
        yield return File(ReleaseName, release);
        yield return File("multirust-config.toml", FormatConfiguration(parts.Select(part => part.Part)));
    }

    private static (string Path, byte[] Content) File(string name, string text) =>
        ($"{Directory}/{name}", Encoding.UTF8.GetBytes(text));

    private static string FormatConfiguration(IEnumerable<TreePart> parts)
    {
        var text = new StringBuilder("config_version = \"1\"\n");
        // Here too, as the components are told from this file.
        foreach (var part in parts.Prepend(new TreePart("", GuardName, Target: null)))
        {
            text.Append($"\n[[components]]\npkg = \"{part.Package}\"\ntarget = \"{part.Target ?? "*"}\"\nis_extension = false\n");
        }
        return text.ToString();
    }
}
