using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain install</c>, also known as <c>rustup install</c></summary>
internal static class ToolchainInstall
{
    private const string Discussion =
        """
        Some environment variables allow you to customize certain parameters
        in toolchain installation, including:

        - `RUSTUP_CONCURRENT_DOWNLOADS`: the number of concurrent downloads.
        - `RUSTUP_DOWNLOAD_TIMEOUT`: the download timeout in seconds.

        See <https://rust-lang.github.io/rustup/devel/environment-variables.html>
        for more info.
        """;

    private const string ShortcutDiscussion =
        "The 'install' command is an alias for 'rustup toolchain install'.";

    internal static Command Create(CommandContext context)
    {
        var verb = Create(context, Discussion);
        verb.Aliases.Add("update");
        verb.Aliases.Add("up");
        verb.Aliases.Add("add");
        return verb;
    }

    /// <summary>The same verb directly under the root.</summary>
    internal static Command CreateShortcut(CommandContext context)
    {
        var verb = Create(context, ShortcutDiscussion);
        verb.Aliases.Add("add");
        return verb;
    }

    private static Verb Create(CommandContext context, string discussion)
    {
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", ToolchainArgument.OfficialDescription, ToolchainArgument.FindOfficialFault);
        var profile = new TextOption("--profile", "PROFILE", "")
        {
            PossibleValues = ["minimal", "default", "complete"],
        };
        var components = new ListOption(
            "--component",
            "COMPONENT",
            "Comma-separated list of components to be added on installation",
            "-c");
        var targets = new ListOption(
            "--target", "TARGET", "Comma-separated list of targets to be added on installation", "-t");
        var noSelfUpdate = SharedFlags.NoSelfUpdate("toolchain install");
        var noUpdate = new Flag("--no-update", "Don't try to update the installed toolchain");
        var force = SharedFlags.Force();
        var allowDowngrade = new Flag(
            "--allow-downgrade", "Allow rustup to downgrade the toolchain to satisfy your component choice");
        var forceNonHost = SharedFlags.ForceNonHost();
        var setOverride = new Flag(
            "--override", "Set the installed toolchain as the override for the current directory");
        var offline = SharedFlags.Offline();
        var from = SharedFlags.From();
        var verb = new Verb(
            "install", "Install or update the given toolchains, or by default the active toolchain")
        {
            Discussion = discussion,
        };
        verb.Add(toolchains);
        verb.Add(profile);
        verb.Add(components);
        verb.Add(targets);
        verb.Add(noSelfUpdate);
        verb.Add(noUpdate);
        verb.Add(force);
        verb.Add(allowDowngrade);
        verb.Add(forceNonHost);
        verb.Add(setOverride);
        verb.Add(offline);
        verb.Add(from);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            SharedFlags.ApplyFrom(parse.GetValue(from));
            return Run(context, new Request
            {
                Toolchains = parse.GetRequiredValue(toolchains),
                Profile = parse.GetValue(profile),
                Components = parse.GetRequiredValue(components),
                Targets = parse.GetRequiredValue(targets),
                NoSelfUpdate = parse.GetValue(noSelfUpdate),
                NoUpdate = parse.GetValue(noUpdate),
                Force = parse.GetValue(force),
                AllowDowngrade = parse.GetValue(allowDowngrade),
                ForceNonHost = parse.GetValue(forceNonHost),
                SetOverride = parse.GetValue(setOverride),
            });
        });
        return verb;
    }

    private static int Run(CommandContext context, Request request)
    {
        using var workspace = new Workspace(context);
        if (request.Toolchains.Count == 0)
        {
            EnsureActive(workspace, request.ForceNonHost);
            SelfUpdating.Follow(workspace, request.NoSelfUpdate);
            return 0;
        }
        if ((request.Profile ?? ProfileText.Format(workspace.Profile)) == "complete")
        {
            workspace.Reporter.Warn("downloading with complete profile isn't recommended unless you are a developer of the rust language");
        }
        foreach (var text in request.Toolchains)
        {
            Install(workspace, request, RequestedToolchain.ParseOfficial(text));
        }
        SelfUpdating.Follow(workspace, request.NoSelfUpdate);
        BackgroundCollection.StartIfDue(workspace);
        return 0;
    }

    /// <summary>What the command line asked for. No toolchains: the active one.</summary>
    private sealed record Request
    {
        public required IReadOnlyList<string> Toolchains { get; init; }

        public required string? Profile { get; init; }

        public required IReadOnlyList<string> Components { get; init; }

        public required IReadOnlyList<string> Targets { get; init; }

        public required bool NoSelfUpdate { get; init; }

        public required bool NoUpdate { get; init; }

        public required bool Force { get; init; }

        public required bool AllowDowngrade { get; init; }

        public required bool ForceNonHost { get; init; }

        public required bool SetOverride { get; init; }
    }

    private static void Install(Workspace workspace, Request request, PartialToolchainName partial)
    {
        var name = partial.Resolve(workspace.Writing.DefaultHost);
        if (partial.HasHost)
        {
            ToolchainFollowing.RequireCompatible(workspace, name, request.ForceNonHost, partial.Text);
        }
        var isInstalled = workspace.Writing.Catalog.Find(name) is not null;
        var row = isInstalled && request.NoUpdate
            ? new SummaryRow(
                name.Text, UpdateSummary.Banner(InstallOutcome.Unchanged),
                UpdateSummary.CompilerVersion(workspace.Writing, name), null)
            : ToolchainFollowing.Follow(workspace, new FollowRequest
            {
                Name = name,
                Profile = request.Profile is { } profile ? ProfileText.Parse(profile) : workspace.Profile,
                Components = request.Components,
                Targets = request.Targets,
                IsForced = request.Force,
                AllowsDowngrade = request.AllowDowngrade,
                MayUpdate = !request.NoUpdate,
            });
        UpdateSummary.Write(workspace.Output, [row]);
        if (workspace.Writing.TrySetDefaultToolchain(name.Text))
        {
            workspace.Reporter.Info($"default toolchain set to {name.Text}");
        }
        if (request.SetOverride)
        {
            OverrideSet.Store(workspace, Environment.CurrentDirectory, name.Text);
        }
    }

    private static void EnsureActive(Workspace workspace, bool forceNonHost)
    {
        var selection = workspace.FindSelection() ?? throw Workspace.NothingSelected();
        if (selection.Toolchain is ToolchainReference.Named { Name: ToolchainName.Official name })
        {
            ToolchainFollowing.RequireCompatible(workspace, name, forceNonHost);
            if (!workspace.EnsureInstalled(name, selection))
            {
                workspace.Reporter.Info($"using existing install for {name.Text}");
            }
        }
        if (workspace.Locate(selection.Toolchain) is null)
        {
            throw Workspace.NotInstalled(selection.Toolchain, isActive: true);
        }
        workspace.Reporter.Info($"the active toolchain `{selection.Toolchain.Text}` has been installed");
        workspace.Reporter.Info($"it's active because: {selection.Reason.Description}");
    }
}
