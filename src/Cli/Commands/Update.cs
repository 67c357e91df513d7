using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Messages;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup update</c></summary>
internal static class Update
{
    private const string Discussion =
        """
        With no toolchain specified, the `update` command updates each of
        the installed toolchains from the official release channels, then
        updates rustup itself.

        If given a toolchain argument then `update` updates that
        toolchain, the same as `rustup toolchain install`.

        Some environment variables allow you to customize certain parameters
        in toolchain installation, including:

        - `RUSTUP_CONCURRENT_DOWNLOADS`: the number of concurrent downloads.
        - `RUSTUP_DOWNLOAD_TIMEOUT`: the download timeout in seconds.

        See <https://rust-lang.github.io/rustup/devel/environment-variables.html>
        for more info.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", ToolchainArgument.OfficialDescription, name => FindFault(context, name));
        var noSelfUpdate = SharedFlags.NoSelfUpdate("update");
        var force = SharedFlags.Force();
        var forceNonHost = SharedFlags.ForceNonHost();
        var offline = SharedFlags.Offline();
        var from = SharedFlags.From();
        var stopRunning = SharedFlags.StopRunning();
        var verb = new Verb("update", "Update Rust toolchains and rustup") { Discussion = Discussion };
        verb.Aliases.Add("upgrade");
        verb.Aliases.Add("up");
        verb.Add(toolchains);
        verb.Add(noSelfUpdate);
        verb.Add(force);
        verb.Add(forceNonHost);
        verb.Add(offline);
        verb.Add(from);
        verb.Add(stopRunning);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            SharedFlags.ApplyFrom(parse.GetValue(from));
            return Run(
                context,
                parse.GetRequiredValue(toolchains),
                parse.GetValue(noSelfUpdate),
                parse.GetValue(force),
                parse.GetValue(forceNonHost),
                parse.GetValue(stopRunning));
        });
        return verb;
    }

    private static string? FindFault(CommandContext context, string name)
    {
        if (name == "self")
        {
            context.Error.Write(context.Messages.Format(
                MessageLevel.Info, "if you meant to update rustup itself, use `rustup self update`"));
        }
        return ToolchainArgument.FindOfficialFault(name);
    }

    private static int Run(
        CommandContext context,
        IReadOnlyList<string> toolchains,
        bool noSelfUpdate,
        bool force,
        bool forceNonHost,
        bool stopsRunning)
    {
        using var workspace = new Workspace(context);
        var overtaken = new OvertakenTools(workspace, workspace.Reading.FindLastMove(), stopsRunning);
        var isComplete = toolchains.Count == 0
            ? UpdateAll(workspace, overtaken, force)
            : UpdateNamed(workspace, overtaken, toolchains, force, forceNonHost);
        overtaken.Tell();
        SelfUpdating.Follow(workspace, noSelfUpdate);
        if (toolchains.Count == 0)
        {
            workspace.Reporter.Info("cleaning up downloads & tmp directories");
        }
        BackgroundCollection.StartIfDue(workspace);
        return isComplete ? 0 : 1;
    }

    private static bool UpdateNamed(
        Workspace workspace, OvertakenTools overtaken, IReadOnlyList<string> toolchains, bool force, bool forceNonHost)
    {
        foreach (var text in toolchains)
        {
            if (text == "self")
            {
                workspace.Reporter.Info("if you meant to update rustup itself, use `rustup self update`");
            }
            var name = workspace.ResolveOfficial(text);
            if (RequestedToolchain.ParseOfficial(text) is { HasHost: true } partial)
            {
                ToolchainFollowing.RequireCompatible(workspace, name, forceNonHost, partial.Text);
            }
            var row = ToolchainFollowing.Follow(
                workspace, new FollowRequest { Name = name, Profile = workspace.Profile, IsForced = force });
            overtaken.Of(name);
            UpdateSummary.Write(workspace.Output, [row]);
            if (workspace.Writing.TrySetDefaultToolchain(name.Text))
            {
                workspace.Reporter.Info($"default toolchain set to {name.Text}");
            }
        }
        return true;
    }

    /// <summary>One that fails is reported and does not keep the others from being updated.</summary>
    private static bool UpdateAll(Workspace workspace, OvertakenTools overtaken, bool force)
    {
        var rows = new List<SummaryRow>();
        var isComplete = true;
        foreach (var name in Tracked(workspace.Writing))
        {
            try
            {
                rows.Add(ToolchainFollowing.Follow(
                    workspace, new FollowRequest { Name = name, IsForced = force, MayCreate = false }));
                overtaken.Of(name);
            }
            catch (StoreException failed)
            {
                isComplete = false;
                workspace.Reporter.Error(failed);
                var version = UpdateSummary.CompilerVersion(workspace.Writing, name);
                rows.Add(new SummaryRow(name.Text, "update failed", version, null));
            }
        }
        if (rows.Count == 0)
        {
            workspace.Reporter.Info("no updatable toolchains installed");
        }
        else
        {
            UpdateSummary.Write(workspace.Output, rows);
        }
        return isComplete;
    }

    /// <summary>Those that follow a channel, of the store or of another rustup.</summary>
    internal static IReadOnlyList<ToolchainName.Official> Tracked(LocalStore store) =>
    [
        .. store.Catalog.List()
            .Where(toolchain => toolchain.Name is ToolchainName.Official { IsTracking: true } name
                && (toolchain.IsStored || store.IsAdoptable(name)))
            .Select(toolchain => (ToolchainName.Official)toolchain.Name),
    ];
}
