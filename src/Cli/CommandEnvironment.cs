using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What environment variables say about how the store works. An empty value counts as unset.</summary>
internal static class CommandEnvironment
{
    internal static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>What rustup reports before any command, whether the command needs it or not.</summary>
    internal static void RequireSound()
    {
        if (ToolEnvironment.ReadToolchain() is { } toolchain
            && ToolchainArgument.FindAnyOrPathFault(toolchain) is { } fault)
        {
            throw new StoreException(StoreErrorKind.Usage, fault);
        }
        FallbackSettings.FindDefault();
    }

    internal static StoreOptions CreateOptions(UserHomes homes, TerminalReporter reporter) => new()
    {
        RustupHome = homes.RustupHome,
        CommandLine = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("rustup")),
        DetectedHost = HostTriple.Detect(),
        Reporter = reporter,
        ServerRoot = ManifestUrl.ResolveServer(Read("RUSTUP_DIST_SERVER"), Read("RUSTUP_DIST_ROOT")),
        UsesStagedManifests = Read("RUSTUP_STAGED_MANIFEST") is not null,
        IdleTimeout = ReadPositive("RUSTUP_DOWNLOAD_TIMEOUT") is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : DistributionServer.DefaultIdleTimeout,
        DownloadPatience = DownloadPatience.Default with
        {
            RetriesMax = ReadCount("RUSTUP_MAX_RETRIES") ?? DownloadPatience.Default.RetriesMax,
        },
        ArchivePreference = ReadArchivePreference(),
        Workers = ReadPositive("RUSTUP_CONCURRENT_DOWNLOADS") ?? 2,
        BacktrackLimit = Math.Max(1, ReadCount("RUSTUP_BACKTRACK_LIMIT") ?? 21),
        FindFallbackDefault = FallbackSettings.FindDefault,
    };

    private static ArchivePreference ReadArchivePreference() => Read("RUSTUP_STORE_ARCHIVE") switch
    {
        null or "auto" => ArchivePreference.Automatic,
        "gz" => ArchivePreference.Gzip,
        "xz" => ArchivePreference.Xz,
        "zst" => ArchivePreference.Zstandard,
        var other => throw new StoreException(
            StoreErrorKind.Usage, $"invalid value '{other}' for RUSTUP_STORE_ARCHIVE: it is auto, gz, xz or zst"),
    };

    private static int? ReadPositive(string variable) => ReadCount(variable) switch
    {
        0 => throw Invalid(variable, "0"),
        var count => count,
    };

    private static int? ReadCount(string variable) => Read(variable) switch
    {
        null => null,
        var text when int.TryParse(text, out var count) && count >= 0 => count,
        var text => throw Invalid(variable, text),
    };

    private static StoreException Invalid(string variable, string value) =>
        new(StoreErrorKind.Usage, $"invalid value '{value}' for {variable}: it must be a positive number");
}
