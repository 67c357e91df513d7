using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>Everything a store needs to know from outside.</summary>
public sealed record StoreOptions
{
    public required string RustupHome { get; init; }

    public required string CommandLine { get; init; }

    /// <summary>Which run of that command this is.</summary>
    public string CommandId
    {
        get => field ??= Machine.NewId();
        init;
    }

    internal RunningCommand Command => new(CommandLine, CommandId);

    public required string DetectedHost { get; init; }

    public Machine Machine { get; init; } = Machine.Host;

    public Reporter Reporter { get; init; } = Reporter.Silent;

    public string ServerRoot { get; init; } = ManifestUrl.OfficialServer;

    /// <inheritdoc cref="DistributionServer.Collected"/>
    public string? CollectedArchives { get; init; }

    /// <summary>Nothing is asked of a server; releases and components are those that the store knows.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Asks for manifests that are about to be released.</summary>
    public bool UsesStagedManifests { get; init; }

    /// <summary>Which signatures manifests must have; null if none are asked for.</summary>
    public SignaturePolicy? Signatures { get; init; }

    /// <summary>How long a server may be silent; asked for when something is fetched.</summary>
    public Func<TimeSpan> IdleTimeout { get; init; } = static () => DistributionServer.DefaultIdleTimeout;

    public DownloadPatience DownloadPatience { get; init; } = DownloadPatience.Default;

    public ArchivePreference ArchivePreference { get; init; }

    /// <summary>How many archives are fetched and unpacked at once.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>How many incomplete nightlies are tried before giving up.</summary>
    public int BacktrackLimit { get; init; } = 21;

    /// <summary>The default toolchain of the machine's owner, where the user has none.</summary>
    public Func<string?> FindFallbackDefault { get; init; } = static () => null;

    public TimeSpan JournalDeadline { get; init; } = TimeSpan.FromSeconds(60);

    public NetworkNotice NetworkNotice { get; init; } = NetworkNotice.Off;

    /// <summary>As <see cref="JournalPatience.Abandon"/>.</summary>
    public Action<StoreException>? Abandon { get; init; }

    /// <summary>What waiting for the journal tells whom.</summary>
    public JournalPatience JournalPatience => new(Reporter.Info, JournalDeadline)
    {
        NetworkNotice = NetworkNotice,
        Abandon = Abandon,
    };
}
