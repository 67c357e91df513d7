namespace ToolchainStore.Cli;

/// <summary>What <c>rustup --version</c> says besides the line that tools compare.</summary>
internal static class VersionNotes
{
    internal static void Write(CommandContext context)
    {
        using var workspace = new Workspace(context);
        workspace.Reporter.Info("This is the version for the rustup toolchain manager, not the rustc compiler.");
        workspace.Reporter.Info($"this program is {ProgramVersion.Name} {ProgramVersion.Text}, which behaves like it");
        try
        {
            var selection = workspace.FindSelection();
            workspace.Reporter.Info(selection is not null && workspace.Locate(selection.Toolchain) is { } location
                ? $"the currently active `rustc` version is `{UpdateSummary.CompilerVersion(workspace.Reading, location)}`"
                : "no `rustc` is currently active");
        }
        catch (StoreException failed)
        {
            // The version was printed; what is wrong with the selection is said and changes nothing about that.
            workspace.Reporter.Error(failed);
        }
    }
}
