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

    /// <summary>The hosts it can be installed on.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [RustPackages.Host];

    public Release Without(string package) =>
        this with { Packages = [.. Packages.Where(candidate => candidate.Name != package)] };

    /// <summary>The same release with one package changed.</summary>
    public Release With(string package, Func<Package, Package> change) => this with
    {
        Packages = [.. Packages.Select(candidate => candidate.Name == package ? change(candidate) : candidate)],
    };
}
