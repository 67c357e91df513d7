using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Journal;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What environment variables say about how the store works. An empty value counts as unset.</summary>
internal static class CommandEnvironment
{
    /// <summary>A directory that is used instead of a server: a mirror of one, or files from one.</summary>
    internal const string FromVariable = "RUSTUP_STORE_FROM";

    /// <summary>1: nothing is asked of a server.</summary>
    internal const string OfflineVariable = "RUSTUP_STORE_OFFLINE";

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
        CommandLine = DescribeCommandLine(Environment.GetCommandLineArgs()),
        DetectedHost = HostTriple.Detect(),
        Reporter = reporter,
        ServerRoot = FindMirror() is { } mirror
            ? "file://" + mirror
            : ManifestUrl.ResolveServer(Read("RUSTUP_DIST_SERVER"), Read("RUSTUP_DIST_ROOT")),
        CollectedArchives = FindMirror() is null ? ReadFrom() : null,
        IsOffline = IsOffline,
        UsesStagedManifests = Read("RUSTUP_STAGED_MANIFEST") is not null,
        Signatures = ReadSignatures(),
        IdleTimeout = ReadIdleTimeout,
        DownloadPatience = DownloadPatience.Default with
        {
            RetriesMax = NaturalNumber.TryRead("RUSTUP_MAX_RETRIES") ?? DownloadPatience.Default.RetriesMax,
        },
        ArchivePreference = ReadArchivePreference(),
        Workers = NaturalNumber.TryRead("RUSTUP_CONCURRENT_DOWNLOADS") is { } count and > 0 ? count : 2,
        BacktrackLimit = Math.Max(1, NaturalNumber.TryRead("RUSTUP_BACKTRACK_LIMIT") ?? 21),
        FindFallbackDefault = FallbackSettings.FindDefault,
        NetworkNotice = NetworkNotice.FromEnvironment(),
        Abandon = failure =>
        {
            reporter.Error(failure);
            Environment.Exit(1);
        },
    };

    /// <summary>As it was typed, but for the directory of the program.</summary>
    private static string DescribeCommandLine(string[] arguments)
    {
        var program = Path.GetFileNameWithoutExtension(arguments[0]);
        return string.Join(' ', arguments.Skip(1).Prepend(CommandLine.IsInstaller(program) ? program : "rustup"));
    }

    /// <exception cref="StoreException">Usage: the variable says neither yes nor no.</exception>
    internal static bool IsOffline => Read(OfflineVariable) switch
    {
        null or "0" => false,
        "1" => true,
        var other => throw new StoreException(
            StoreErrorKind.Usage, $"invalid value '{other}' for {OfflineVariable}\nhelp: set it to 0 or 1, or unset it"),
    };

    /// <summary>The directory, if it has the directories of a server.</summary>
    private static string? FindMirror() =>
        ReadFrom() is { } from && Machine.HostFiles.Files.IsDirectory(Path.Combine(from, "dist")) ? from : null;

    private static string? ReadFrom()
    {
        if (Read(FromVariable) is not { } given)
        {
            return null;
        }
        var path = Path.GetFullPath(given);
        return Machine.HostFiles.Files.IsDirectory(path)
            ? path
            : throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{path}' is no directory to install from"
                + "\nhelp: name one with a channel manifest and archives, or with the `dist` of a mirror");
    }

    private static ArchivePreference ReadArchivePreference() => Read("RUSTUP_STORE_ARCHIVE") switch
    {
        null or "auto" => ArchivePreference.Automatic,
        "gz" => ArchivePreference.Gzip,
        "xz" => ArchivePreference.Xz,
        "zst" => ArchivePreference.Zstandard,
        var other => throw new StoreException(
            StoreErrorKind.Usage,
            $"invalid value '{other}' for RUSTUP_STORE_ARCHIVE\nhelp: set it to auto, gz, xz or zst, or unset it"),
    };

    private static SignaturePolicy? ReadSignatures()
    {
        var isRequired = Read("RUSTUP_STORE_REQUIRE_SIGNATURE") switch
        {
            null or "0" => false,
            "1" => true,
            var other => throw new StoreException(
                StoreErrorKind.Usage,
                $"invalid value '{other}' for RUSTUP_STORE_REQUIRE_SIGNATURE\nhelp: set it to 0 or 1, or unset it"),
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

    /// <summary>How many threads write, which is rustup's to need; null unless it would not start with what is said.</summary>
    internal static string? FindThreadsFault()
    {
        const string Variable = "RUSTUP_IO_THREADS";
        const string Rule = "must be a natural number greater than zero";
        if (Read(Variable) is not { } text)
        {
            return null;
        }
        if (!NaturalNumber.TryParse(text, out var count, out var reason))
        {
            return $"Error: invalid value in {Variable} -- {Rule}\n\nCaused by:\n    {reason}";
        }
        return count == 0 ? $"Error: {Variable} {Rule}" : null;
    }

    /// <summary>Fails only for who downloads.</summary>
    private static TimeSpan ReadIdleTimeout()
    {
        const string Variable = "RUSTUP_DOWNLOAD_TIMEOUT";
        // What timers can wait for.
        const ulong LongestSeconds = int.MaxValue / 1000;
        if (Read(Variable) is not { } text)
        {
            return DistributionServer.DefaultIdleTimeout;
        }
        var isNumber = NaturalNumber.TryParse(text, out var seconds, out var reason);
        if (isNumber && seconds > 0)
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestSeconds));
        }
        throw new StoreException(
            StoreErrorKind.Usage,
            $"invalid value in {Variable} -- must be a natural number greater than zero: "
            + (isNumber ? "number would be zero for non-zero type" : reason));
    }
}
