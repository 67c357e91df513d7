using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli;

/// <summary>Work of ours that outlives the command which leaves it.</summary>
internal static class BackgroundProcess
{
    internal static bool IsPossible => Environment.ProcessPath is not null && SurvivesCommand();

    /// <summary>
    /// Starts this program anew, with nothing that is open here; false where nothing survives a command: in continuous
    /// integration and in image builds.
    /// </summary>
    internal static bool TryStart(params IReadOnlyList<string> arguments)
    {
        if (!IsPossible)
        {
            return false;
        }
        // It runs from no tree, whatever build this command is part of: two of them must not keep each other's.
        Environment.SetEnvironmentVariable(PinnedTree.Variable, null);
        Machine.Host.Processes.StartDetached(Environment.ProcessPath!, arguments);
        return true;
    }

    private static bool SurvivesCommand() =>
        CommandEnvironment.Read("RUSTUP_STORE_BACKGROUND") switch
        {
            "0" => false,
            null => CommandEnvironment.Read("CI") is null,
            _ => true,
        };
}
