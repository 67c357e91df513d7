using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary>Flags that several verbs have; each verb has its own instance.</summary>
internal static class SharedFlags
{
    internal static Flag IsVerbose() =>
        new("--verbose", "Set log level to 'DEBUG' if 'RUSTUP_LOG' is unset", "-v");

    internal static Flag IsQuiet() => new(
        "--quiet", "Disable progress output, set log level to 'WARN' if 'RUSTUP_LOG' is unset", "-q");

    internal static Flag Force() => new("--force", "Force an update, even if some components are missing");

    internal static Flag ForceNonHost() => new(
        "--force-non-host",
        "Install toolchains that require an emulator. " +
        "See https://github.com/rust-lang/rustup/wiki/Non-host-toolchains");

    internal static Flag Offline() =>
        new("--offline", "Use what the store has, without asking a server") { IsAddition = true };

    /// <summary>Says so to this process and all that it starts: a build in it may want a toolchain, too.</summary>
    internal static void ApplyOffline(bool isOffline)
    {
        if (isOffline)
        {
            Set(CommandEnvironment.OfflineVariable, "1");
        }
    }

    internal static Flag StopRunning() =>
        new("--stop-running", "End the processes that still run from what the toolchain was before") { IsAddition = true };

    internal static TextOption From() =>
        new("--from", "DIR", "Use the files in this directory instead of a server: a mirror, or a manifest and archives of it")
        {
            IsAddition = true,
            IsPath = true,
        };

    internal static void ApplyFrom(string? directory)
    {
        if (directory is not null)
        {
            Set(CommandEnvironment.FromVariable, directory);
        }
    }

    private static void Set(string variable, string value)
    {
        Environment.SetEnvironmentVariable(variable, value);
        ProcessImage.SetVariable(variable, value);
    }

    internal static Flag NoSelfUpdate(string verb) =>
        new("--no-self-update", $"Don't perform self update when running the `rustup {verb}` command");
}
