using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What environment variables say about how the store works. An empty value counts as unset.</summary>
internal static class CommandEnvironment
{
    internal static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    internal static StoreOptions CreateOptions(UserHomes homes, TerminalReporter reporter) => new()
    {
        RustupHome = homes.RustupHome,
        CommandLine = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("rustup")),
        DetectedHost = HostTriple.Detect(),
        Reporter = reporter,
        ServerRoot = ManifestUrl.ResolveServer(Read("RUSTUP_DIST_SERVER"), Read("RUSTUP_DIST_ROOT")),
        UsesStagedManifests = Read("RUSTUP_STAGED_MANIFEST") is not null,
        Signatures = ReadSignatures(),
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

    private static SignaturePolicy? ReadSignatures()
    {
        var isRequired = Read("RUSTUP_STORE_REQUIRE_SIGNATURE") switch
        {
            null or "0" => false,
            "1" => true,
            var other => throw new StoreException(
                StoreErrorKind.Usage, $"invalid value '{other}' for RUSTUP_STORE_REQUIRE_SIGNATURE: it is 0 or 1"),
        };
        if (Read("RUSTUP_STORE_SIGNING_KEYS") is { } path)
        {
            return new SignaturePolicy(Path.GetFullPath(path), isRequired);
        }
        return isRequired
            ? throw new StoreException(
                StoreErrorKind.Usage,
                "RUSTUP_STORE_REQUIRE_SIGNATURE needs keys to check signatures with"
                + "\nhelp: name a file of OpenPGP public keys in RUSTUP_STORE_SIGNING_KEYS")
            : null;
    }

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
