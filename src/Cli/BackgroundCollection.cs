using ToolchainStore.Collection;

namespace ToolchainStore.Cli;

/// <summary>Gives space back after an uninstall without making anybody wait for it.</summary>
internal static class BackgroundCollection
{
    /// <summary>
    /// After an update: once a day, and only where it can outlive this command. What was replaced a week ago goes then; nobody
    /// waits for it.
    /// </summary>
    internal static void StartIfDue(Workspace workspace)
    {
        if (!BackgroundProcess.IsPossible)
        {
            return;
        }
        try
        {
            if (workspace.Writing.ClaimDailyCollection())
            {
                BackgroundProcess.TryStart("store", "gc", "--background");
            }
        }
        catch (StoreException refused)
        {
            // What this command was asked to do is done; the next one tries again.
            workspace.Reporter.Debug($"nothing is collected now: {refused.Message}");
        }
    }

    /// <summary>Starts a collection that outlives this command; where nothing does, it is done before the command returns.</summary>
    internal static void Start(Workspace workspace)
    {
        if (!BackgroundProcess.TryStart("store", "gc", "--background"))
        {
            workspace.Freeing.Collect(new CollectionOptions());
        }
    }
}
