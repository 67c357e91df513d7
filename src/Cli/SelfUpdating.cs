namespace ToolchainStore.Cli;

/// <summary>
/// Updating rustup itself. There is no release place of ours yet, so this behaves as a rustup that was built without
/// self-update, and no program from anybody else's server is ever executed.
/// </summary>
internal static class SelfUpdating
{
    internal static int Run(Workspace workspace)
    {
        workspace.Reporter.Info("self-update is disabled for this build of rustup");
        workspace.Reporter.Info("any updates to rustup will need to be fetched with your system package manager");
        return 0;
    }
}
