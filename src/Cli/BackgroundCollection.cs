using ToolchainStore.Collection;

namespace ToolchainStore.Cli;

/// <summary>Gives space back after an uninstall without making anybody wait for it.</summary>
internal static class BackgroundCollection
{
    /// <summary>Starts a collection that outlives this command; where nothing does, it is done before the command returns.</summary>
    internal static void Start(Workspace workspace)
    {
        if (!BackgroundProcess.TryStart("store", "gc", "--background"))
        {
            workspace.Freeing.Collect(new CollectionOptions());
        }
    }
}
