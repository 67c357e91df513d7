using ToolchainStore.Distribution;

namespace ToolchainStore.Cli;

/// <summary>
/// Those who still run from what a toolchain was before this command: said, with <c>--stop-running</c> ended.
/// </summary>
/// <param name="workspace">The command's.</param>
/// <param name="before">The last move of a name before the command's own.</param>
/// <param name="stops">Whether they are ended.</param>
internal sealed class OvertakenTools(Workspace workspace, long before, bool stops)
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>The command has changed this toolchain, or was about to.</summary>
    internal void Of(ToolchainName name) => names.Add(name.Text);

    internal void Tell()
    {
        if (names.Count == 0)
        {
            return;
        }
        if (stops)
        {
            workspace.Writing.StopOvertaken(names);
            return;
        }
        try
        {
            workspace.Writing.SayOvertaken(names, before);
        }
        catch (StoreException refused)
        {
            // What the command was asked to do is done.
            workspace.Reporter.Debug($"who still runs from the previous toolchain is not known: {refused.Message}");
        }
    }
}
