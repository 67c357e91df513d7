using ToolchainStore.Distribution;

namespace ToolchainStore.Toolchains;

/// <summary>What came of a request.</summary>
public enum InstallOutcome
{
    Installed,
    Updated,
    Unchanged,
}

/// <summary>The state of a name that a plan started from; a plan is only published while it still holds.</summary>
public sealed record ToolchainBase(long? GenerationId, string? TreeId, Digest? Manifest, IReadOnlyList<Component> Components)
{
    public bool Exists => GenerationId is not null;

    /// <summary>As in <see cref="FetchedManifest.AnnouncedPrefix"/>, of its manifest.</summary>
    public string? AnnouncedPrefix { get; init; }

    /// <summary>Whether it was made from the release that a server announces by this digest.</summary>
    public bool IsMadeFrom(Digest announced) =>
        Manifest == announced
        || (AnnouncedPrefix is { } prefix && announced.Hex.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The generation that somebody went back to, if it is current because of that.</summary>
    public long? RestoredFrom { get; init; }

    /// <inheritdoc cref="Component.IsWholeRelease"/>
    public bool IsWholeRelease => Components is [{ IsWholeRelease: true }];
}

/// <summary>What to make of a name: the components it shall have, from which release.</summary>
public sealed record InstallPlan(
    ToolchainName.Official Name, ToolchainBase Base, FetchedManifest Release, ChangePlan Change, Profile? Profile)
{
    /// <summary>Where components come from instead of a server; null unless they are imported.</summary>
    public ImportedComponents? Imported { get; init; }

    /// <summary>Whether the generation of the base, current or not, gets another tree of the same components and stays.</summary>
    public bool IsRepair { get; init; }

    /// <summary>Of a repair: what waits to be unpacked goes on waiting, and nothing else begins to.</summary>
    public IReadOnlyList<Component> Waiting { get; init; } = [];
}
