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
            Environment.SetEnvironmentVariable(CommandEnvironment.OfflineVariable, "1");
            ProcessImage.SetVariable(CommandEnvironment.OfflineVariable, "1");
        }
    }

    internal static Flag NoSelfUpdate(string verb) =>
        new("--no-self-update", $"Don't perform self update when running the `rustup {verb}` command");
}
