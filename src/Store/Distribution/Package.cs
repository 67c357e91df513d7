namespace ToolchainStore.Distribution;

/// <summary>A named, installable part of a release; the target <c>*</c> stands for all.</summary>
public sealed record Package(string Name, string Version, IReadOnlyDictionary<string, PackageTarget> Targets)
{
    public PackageTarget? FindTarget(string? target) =>
        Targets.GetValueOrDefault(target ?? Component.Wildcard) ?? Targets.GetValueOrDefault(Component.Wildcard);
}

/// <summary>
/// What a package offers for one target: its archives, the preferred first, and, of the package <c>rust</c>, what a
/// release consists of.
/// </summary>
public sealed record PackageTarget(
    bool IsAvailable,
    IReadOnlyList<ArchiveSource> Archives,
    IReadOnlyList<Component> Components,
    IReadOnlyList<Component> Extensions);
