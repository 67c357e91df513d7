namespace ToolchainStore.Tests.Support;

/// <summary>One package for one target, with the files it installs. No target means every host.</summary>
public sealed record Package(string Name, string Version, string? Target, IReadOnlyList<TarEntry> Files)
{
    /// <summary>The lines of manifest.in; by default one for each file.</summary>
    public IReadOnlyList<string>? ManifestLines { get; init; }

    /// <summary>Whether the release has an archive of it at all.</summary>
    public bool IsAvailable { get; init; } = true;

    /// <summary>Entries that are put into the archive as they are, beside the installable files.</summary>
    public IReadOnlyList<TarEntry> RawEntries { get; init; } = [];

    /// <summary>What happens to the compressed archive before its digest is taken.</summary>
    public Func<byte[], byte[]> Damage { get; init; } = archive => archive;

    /// <summary>A digest for the manifest that is not the archive's.</summary>
    public string? WrongDigest { get; init; }

    public string FullName => Target is null ? Name : $"{Name}-{Target}";

    // The standard library's folder carries its target, as in real archives; the others' do not.
    private string Folder => Name == "rust-std" ? FullName : Name;

    internal byte[] FormatTar() => FormatTar($"{Name}-nightly-{Target ?? "all"}", [this]);

    /// <summary>An archive of several packages, of which each is a component.</summary>
    internal static byte[] FormatTar(string top, IReadOnlyList<Package> packages) => TarFile.Format(
    [
        TarEntry.Folder(top),
        TarEntry.File($"{top}/rust-installer-version", "3\n"),
        TarEntry.File($"{top}/components", string.Concat(packages.Select(package => package.Folder + "\n"))),
        .. packages.SelectMany(package => package.FormatComponent($"{top}/{package.Folder}")),
    ]);

    private IEnumerable<TarEntry> FormatComponent(string folder)
    {
        var manifest = string.Join('\n', ManifestLines ?? [.. Files.Where(file => file.Kind == '0').Select(file => $"file:{file.Path}")]);
        return
        [
            .. Folders().Select(path => TarEntry.Folder(path.Length == 0 ? folder : $"{folder}/{path}")),
            TarEntry.File($"{folder}/manifest.in", manifest + "\n"),
            .. Files.Select(file => file with { Path = $"{folder}/{file.Path}" }),
            .. RawEntries.Select(entry => entry with { Path = entry.Path.Replace("{component}", folder, StringComparison.Ordinal) }),
        ];
    }

    /// <summary>Every folder of the files, those above first, as in real archives.</summary>
    private IEnumerable<string> Folders() => Files
        .SelectMany(file => file.Path.Split('/')[..^1].Aggregate(
            new List<string> { "" }, (paths, part) => [.. paths, paths[^1].Length == 0 ? part : $"{paths[^1]}/{part}"]))
        .Distinct().Order(StringComparer.Ordinal);
}
