using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli;

/// <summary>Gives space back after an uninstall without making anybody wait for it.</summary>
internal static class BackgroundCollection
{
    /// <summary>
    /// Starts a collection that outlives this command; where nothing survives the command (continuous integration,
    /// image builds) it is done before the command returns.
    /// </summary>
    internal static void Start(Workspace workspace)
    {
        var program = Environment.ProcessPath;
        if (program is null || !SurvivesCommand())
        {
            workspace.Freeing.Collect(new CollectionOptions());
            return;
        }
        // It runs from no tree, whatever build this command is part of: two of them must not keep each other's.
        Environment.SetEnvironmentVariable(PinnedTree.Variable, null);
        Machine.Host.Processes.StartDetached(program, ["store", "gc", "--background"]);
    }

    private static bool SurvivesCommand() =>
        CommandEnvironment.Read("RUSTUP_STORE_BACKGROUND") switch
        {
            "0" => false,
            null => CommandEnvironment.Read("CI") is null,
            _ => true,
        };
}
