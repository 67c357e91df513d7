using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>Unpacks documentation after the command that installed it, or after the next one if that was interrupted.</summary>
internal static class BackgroundUnpacking
{
    /// <summary>
    /// Starts what this command, or a killed one before it, left to be done. Where nothing survives a command,
    /// documentation waits for `rustup doc`: whoever chose not to wait for it does not want to do so there of all places.
    /// Only a rest from before documentation was unpacked with everything else again is unpacked at once.
    /// </summary>
    internal static void StartIfNeeded(LocalStore store)
    {
        var mode = store.DocumentationMode;
        if (mode == DocumentationMode.OnDemand || store.ListUnattended() is not { Count: > 0 } waiting)
        {
            return;
        }
        if (!BackgroundProcess.TryStart("store", "unpack") && mode == DocumentationMode.Eager)
        {
            store.Unpack(waiting);
        }
    }
}
