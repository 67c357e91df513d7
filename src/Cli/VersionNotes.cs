using ToolchainStore.Toolchains;

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
            workspace.Reporter.Info(workspace.FindSelection() is { } selection
                ? $"the currently active `rustc` version is `{FindVersion(workspace, selection)}`"
                : "no `rustc` is currently active");
        }
        catch (StoreException failed)
        {
            // The version was printed; what is wrong with the selection is said and changes nothing about that.
            workspace.Reporter.Error(new StoreException(
                failed.Kind, $"failed to display the current `rustc` version: {failed.Message}"));
        }
    }

    private static string FindVersion(Workspace workspace, Selection selection) =>
        workspace.Locate(selection.Toolchain) is { } location
            ? UpdateSummary.CompilerVersion(workspace.Reading, selection.Toolchain.Text, location)
            : throw Workspace.NotInstalled(selection.Toolchain, isActive: true);
}
