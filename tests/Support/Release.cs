namespace ToolchainStore.Tests.Support;

/// <summary>What a channel offers on a date.</summary>
public sealed record Release
{
    public required string Date { get; init; }

    /// <summary>Such as <c>1.91.0 (hash-s1 2026-01-01)</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The names of the manifest: <c>stable</c>, <c>1.91</c>, <c>1.91.0</c>.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    public required IReadOnlyList<Package> Packages { get; init; }

    /// <summary>What its tools carry, so that they notice parts of another release.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>The hosts it can be installed on.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [RustPackages.Host];

    /// <summary>From the names that packages had before to those they have.</summary>
    public IReadOnlyDictionary<string, string> Renames { get; init; } = RustPackages.Renames;

    /// <summary>The packages of each profile; none where a manifest is from before there were profiles.</summary>
    public IReadOnlyDictionary<string, string[]> Profiles { get; init; } = RustPackages.Profiles;

    /// <summary>The same release also for other hosts.</summary>
    public Release For(params string[] hosts) => this with
    {
        Hosts = [.. Hosts, .. hosts],
        Packages =
        [
            .. Packages,
            .. hosts.SelectMany(host => RustPackages.Of(Version, Stamp, host))
                .DistinctBy(package => package.FullName)
                .ExceptBy(Packages.Select(package => package.FullName), package => package.FullName),
        ],
    };

    /// <summary>The release does not even list the packages.</summary>
    public Release Without(params string[] packages) =>
        this with { Packages = [.. Packages.Where(candidate => !packages.Contains(candidate.Name))] };

    /// <summary>The release lists the packages, but they were not built.</summary>
    public Release Lacking(params string[] packages) => packages.Aggregate(
        this, (release, name) => release.With(name, package => package with { IsAvailable = false }));

    /// <summary>The same release with one package changed.</summary>
    public Release With(string package, Func<Package, Package> change) => this with
    {
        Packages = [.. Packages.Select(candidate => candidate.Name == package ? change(candidate) : candidate)],
    };

    /// <summary>The release as it was when a package still had its old name.</summary>
    public Release BeforeRenameOf(string oldName)
    {
        var newName = Renames[oldName];
        return With(newName, package => package with { Name = oldName }) with
        {
            Renames = Renames.Where(rename => rename.Key != oldName).ToDictionary(),
            Profiles = Profiles.ToDictionary(
                profile => profile.Key,
                profile => profile.Value.Select(package => package == newName ? oldName : package).ToArray()),
        };
    }
}
