using ToolchainStore.Distribution;
using ToolchainStore.Exchange;

namespace ToolchainStore.Toolchains;

/// <summary>Make a name follow its channel: install it, or bring it up to date, with these extras.</summary>
public sealed record FollowRequest
{
    public required ToolchainName.Official Name { get; init; }

    /// <summary>The set of components of a fresh installation; ignored when the toolchain exists.</summary>
    public Profile? Profile { get; init; }

    /// <summary>Extra components as the user wrote them.</summary>
    public IReadOnlyList<string> Components { get; init; } = [];

    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Leaves out what the release does not offer, with a warning, instead of failing.</summary>
    public bool IsForced { get; init; }

    public bool AllowsDowngrade { get; init; }

    /// <summary>An update of what is installed never recreates a name that somebody removed meanwhile.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whoever only needs the toolchain to be there leaves one alone that another command installed meanwhile.</summary>
    public bool MayUpdate { get; init; } = true;

    public bool HasExtras => Components.Count > 0 || Targets.Count > 0;
}

/// <summary>Add and remove components of an installed toolchain, within the release it has.</summary>
public sealed record ComponentRequest(
    ToolchainName.Official Name, IReadOnlyList<Component> Added, IReadOnlyList<Component> Removed);

/// <summary>Make a name what it was in an export.</summary>
/// <param name="Name">The name.</param>
/// <param name="Release">The release it was made from.</param>
/// <param name="Toolchain">What of it was installed.</param>
/// <param name="Components">Where that is.</param>
/// <param name="Replaces">Whether a name of another release is moved; otherwise it stays.</param>
public sealed record ImportRequest(
    ToolchainName.Official Name, FetchedManifest Release, ExportedToolchain Toolchain, ImportedComponents Components, bool Replaces);

/// <summary>What came of importing one toolchain.</summary>
public enum ImportOutcome
{
    Imported,
    Unchanged,

    /// <summary>The name means another release here, and stayed.</summary>
    Kept,
}
