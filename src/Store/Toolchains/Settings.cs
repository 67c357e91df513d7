using System.Collections.Immutable;
using ToolchainStore.Distribution;

namespace ToolchainStore.Toolchains;

/// <summary>What users configure. Null is what they never said; its meaning is the reader's.</summary>
public sealed record Settings
{
    public const int CurrentVersion = 12;
    public const int ObsoleteVersion = 2;

    public static Settings Initial { get; } = new();

    /// <summary>Of the layout of the home, not of rustup.</summary>
    public int Version { get; init; } = CurrentVersion;

    public string? DefaultHost { get; init; }

    public string? DefaultToolchain { get; init; }

    public Profile? Profile { get; init; }

    /// <summary>Nothing uses them any more; they are kept for whoever wrote them.</summary>
    public string? PgpKeys { get; init; }

    public SelfUpdateMode? AutoSelfUpdate { get; init; }

    public bool? AutoInstall { get; init; }

    /// <summary>From directory to toolchain name.</summary>
    public ImmutableSortedDictionary<string, string> Overrides { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Every command but the one that upgrades the home asks for this first.</summary>
    public void RequireCurrentVersion()
    {
        if (Version != CurrentVersion)
        {
            throw new StoreException(
                StoreErrorKind.Usage, "rustup's metadata is out of date. run `rustup self upgrade-data`");
        }
    }
}
