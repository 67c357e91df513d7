using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toml;

namespace ToolchainStore.Trees;

/// <summary>
/// A toolchain directory as rustup leaves it: its payload, and in <c>lib/rustlib</c> which components it has, what files each
/// of them installed, and the channel manifest, rewritten.
/// </summary>
public sealed class RustupInstallation
{
    private const string MetadataDirectory = "lib/rustlib";
    private const string SupportedVersion = "3";
    private const string ManifestPrefix = "manifest-";

    private static readonly string[] MetadataNames =
        ["components", "rust-installer-version", "multirust-channel-manifest.toml", "multirust-config.toml"];

    private static readonly string[] KnownBy =
        ["rust-installer-version", "multirust-channel-manifest.toml", "multirust-config.toml"];

    private readonly IFileSystem files;

    private RustupInstallation(IFileSystem files, string path, string manifest, string configuration)
    {
        this.files = files;
        Path = path;
        ManifestText = manifest;
        Components = ReadConfiguration(configuration, path);
        // What a change by rustup would change: it writes both files last.
        Fingerprint = DigestHasher.Compute(Encoding.UTF8.GetBytes(manifest + "\0" + configuration)).Hex;
    }

    public string Path { get; }

    public string ManifestText { get; }

    /// <summary>In rustup's order.</summary>
    public IReadOnlyList<Component> Components { get; }

    /// <summary>Changes when rustup changes the toolchain.</summary>
    public string Fingerprint { get; }

    /// <summary>Null if this is no directory, or rustup did not make it, or not with this layout, or not to its end.</summary>
    public static RustupInstallation? TryRead(IFileSystem files, string path) =>
        files.Status(path) is { Kind: FileKind.Directory }
        && Read(files, path, "rust-installer-version")?.Trim() == SupportedVersion
        && Read(files, path, "multirust-channel-manifest.toml") is { } manifest
        && Read(files, path, "multirust-config.toml") is { } configuration
            ? new RustupInstallation(files, path, manifest, configuration)
            : null;

    /// <summary>Deletes a toolchain in place, and what it is known by last.</summary>
    /// <remarks>
    /// Crash: <see cref="TryRead"/> still knows what is left as the same toolchain, or <see cref="IsRemnant"/> as the end of one.
    /// </remarks>
    public static void Delete(IFileSystem files, string path)
    {
        foreach (var (directory, kept) in Innermost(path).Where(level => files.IsDirectory(level.Directory)))
        {
            foreach (var entry in files.List(directory).Where(entry => !kept.Contains(entry.Name)))
            {
                files.DeleteTree(System.IO.Path.Combine(directory, entry.Name));
            }
            // A loss of power could otherwise take what it is known by and leave something else.
            files.SyncDirectory(directory); // Guard: sync-emptied
        }
        files.DeleteTree(path);
    }

    /// <summary>Whether a directory holds nothing but what <see cref="Delete"/> deletes last.</summary>
    public static bool IsRemnant(IFileSystem files, string path) =>
        files.Status(path) is { Kind: FileKind.Directory }
        && Innermost(path).All(level => files.List(level.Directory).All(entry => level.Kept.Contains(entry.Name)));

    /// <summary>The directories down to the metadata, each with what <see cref="TryRead"/> needs there.</summary>
    private static IEnumerable<(string Directory, IReadOnlyList<string> Kept)> Innermost(string path) =>
    [
        (path, ["lib"]),
        (System.IO.Path.Combine(path, "lib"), ["rustlib"]),
        (System.IO.Path.Combine(path, MetadataDirectory), KnownBy),
    ];

    /// <summary>The release that it was made from, as rustup kept it.</summary>
    public ChannelManifest ParseManifest() => ChannelManifest.Parse(
        ManifestText, System.IO.Path.Combine(Path, MetadataDirectory, "multirust-channel-manifest.toml"));

    /// <summary>What a component installed: the lines that rustup kept of its archive.</summary>
    public byte[] ReadComponentManifest(Component component)
    {
        var path = System.IO.Path.Combine(Path, MetadataDirectory, ManifestPrefix + component.FullName);
        return files.IsFile(path)
            ? files.ReadAll(path)
            : throw Incomplete($"'{path}' is missing, which lists the files of '{component.FullName}'");
    }

    /// <summary>Paths that no component installed and that are not rustup's own: somebody else put them there.</summary>
    /// <param name="named">What the components installed.</param>
    public IReadOnlyList<string> ListUnnamed(IReadOnlySet<string> named)
    {
        var own = MetadataNames.Concat(Components.Select(component => ManifestPrefix + component.FullName))
            .Select(name => $"{MetadataDirectory}/{name}").ToHashSet(StringComparer.Ordinal);
        var unnamed = new List<string>();
        Walk("");
        return unnamed;

        void Walk(string directory)
        {
            foreach (var entry in files.List(System.IO.Path.Combine(Path, directory)))
            {
                var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
                if (entry.Kind == FileKind.Directory)
                {
                    Walk(path);
                }
                else if (!named.Contains(path) && !own.Contains(path))
                {
                    unnamed.Add(path);
                }
            }
        }
    }

    /// <summary>The error for a toolchain that is not what its metadata says.</summary>
    internal StoreException Incomplete(string reason) => new(
        StoreErrorKind.Corrupt,
        $"the toolchain '{Path}' is not complete: {reason}"
        + "\nhelp: uninstall it and install it again; it stays as it is until then");

    /// <summary>Null if it is missing. One that may not be read is an error: the toolchain is not what it seems to be then.</summary>
    private static string? Read(IFileSystem files, string path, string name)
    {
        var file = System.IO.Path.Combine(path, MetadataDirectory, name);
        return files.IsFile(file) ? files.ReadText(file) : null;
    }

    private static List<Component> ReadConfiguration(string text, string path)
    {
        try
        {
            return ReadComponents(new TomlCursor(text));
        }
        catch (StoreException cause)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"could not read what components the toolchain '{path}' has\nhelp: uninstall and install it", cause);
        }
    }

    private static List<Component> ReadComponents(TomlCursor cursor)
    {
        var components = new List<Component>();
        while (cursor.NextKey() is { } key)
        {
            if (key != "components")
            {
                cursor.SkipValue();
                continue;
            }
            cursor.EnterArray();
            while (cursor.NextItem())
            {
                components.Add(ManifestReader.ReadComponent(cursor));
            }
        }
        return components;
    }
}
