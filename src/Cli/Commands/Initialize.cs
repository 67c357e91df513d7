using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary>The installer: <c>rustup-init</c></summary>
internal static class Initialize
{
    internal static Verb Create(CommandContext context)
    {
        var isVerbose = SharedFlags.IsVerbose();
        var isQuiet = SharedFlags.IsQuiet();
        var noPrompt = new Flag("-y", "Disable confirmation prompt");
        var defaultHost = new TextOption("--default-host", "DEFAULT_HOST", "Choose a default host triple");
        var defaultToolchain = new TextOption(
            "--default-toolchain",
            "DEFAULT_TOOLCHAIN",
            "Choose a default toolchain to install. Use 'none' to not install any toolchains at all")
        {
            FindFault = ToolchainArgument.FindOfficialOrNoneFault,
        };
        var profile = new TextOption("--profile", "PROFILE", "")
        {
            PossibleValues = ["minimal", "default", "complete"],
            DefaultText = "default",
        };
        var components = new ListOption(
            "--component", "COMPONENT", "Comma-separated list of component names to also install", "-c");
        var targets = new ListOption(
            "--target", "TARGET", "Comma-separated list of target names to also install", "-t");
        var noUpdateDefaultToolchain = new Flag(
            "--no-update-default-toolchain", "Don't update any existing default toolchain after install");
        var noModifyPath = new Flag("--no-modify-path", "Don't configure the PATH environment variable");
        var selfReplace = new Flag("--self-replace", "") { Hidden = true };
        var dumpTestament = new Flag("--dump-testament", "") { Hidden = true };
        var verb = new Verb("rustup-init[EXE]", "The installer for rustup")
        {
            Exclusive = [[isVerbose, isQuiet]],
            HasVersion = true,
            OnBound = bound =>
            {
                context.SetVerbosity(bound.GetValue(isVerbose), bound.GetValue(isQuiet));
            },
        };
        verb.Add(isVerbose);
        verb.Add(isQuiet);
        verb.Add(noPrompt);
        verb.Add(defaultHost);
        verb.Add(defaultToolchain);
        verb.Add(profile);
        verb.Add(components);
        verb.Add(targets);
        verb.Add(noUpdateDefaultToolchain);
        verb.Add(noModifyPath);
        verb.Add(selfReplace);
        verb.Add(dumpTestament);
        verb.SetAction(parse =>
        {
            if (parse.GetValue(dumpTestament))
            {
                return DumpTestament.Run(context);
            }
            return parse.GetValue(selfReplace) ? ReplaceSelf(context) : Run(context, new Request
            {
                NoPrompt = parse.GetValue(noPrompt),
                DefaultHost = parse.GetValue(defaultHost),
                DefaultToolchain = parse.GetValue(defaultToolchain),
                Profile = parse.GetValue(profile)!,
                Components = parse.GetRequiredValue(components),
                Targets = parse.GetRequiredValue(targets),
                NoUpdateDefaultToolchain = parse.GetValue(noUpdateDefaultToolchain),
                NoModifyPath = parse.GetValue(noModifyPath),
            });
        });
        return verb;
    }

    private static int Run(CommandContext context, Request request)
    {
        using var workspace = new Workspace(context);
        if (!request.NoPrompt && !Confirm(context, workspace, request))
        {
            workspace.Reporter.Info("aborting installation");
            return 0;
        }
        var machine = Machine.Host;
        new InstalledPrograms(machine, workspace.Homes, workspace.Reporter).Install(AppContext.BaseDirectory);
        var profiles = new ShellProfiles(machine, workspace.Homes);
        profiles.WriteScript();
        if (!request.NoModifyPath)
        {
            profiles.AddToProfiles();
        }
        Configure(workspace, request);
        InstallToolchain(workspace, request);
        return 0;
    }

    /// <summary>What an older rustup asks the newly downloaded one to do.</summary>
    private static int ReplaceSelf(CommandContext context)
    {
        using var workspace = new Workspace(context);
        new InstalledPrograms(Machine.Host, workspace.Homes, workspace.Reporter).Install(AppContext.BaseDirectory);
        return 0;
    }

    /// <summary>What the command line asked for. No default toolchain: keep or choose one.</summary>
    private sealed record Request
    {
        public required bool NoPrompt { get; init; }

        public required string? DefaultHost { get; init; }

        public required string? DefaultToolchain { get; init; }

        public required string Profile { get; init; }

        public required IReadOnlyList<string> Components { get; init; }

        public required IReadOnlyList<string> Targets { get; init; }

        public required bool NoUpdateDefaultToolchain { get; init; }

        public required bool NoModifyPath { get; init; }
    }

    private static bool Confirm(CommandContext context, Workspace workspace, Request request)
    {
        context.Output.WriteLine();
        context.Output.WriteLine("Welcome to Rust!");
        context.Output.WriteLine();
        context.Output.WriteLine($"Toolchains go to        {workspace.Homes.RustupHome}");
        context.Output.WriteLine($"Programs go to          {workspace.Homes.CargoBin}");
        context.Output.WriteLine($"default host triple:    {request.DefaultHost ?? workspace.DetectedHost}");
        context.Output.WriteLine($"default toolchain:      {request.DefaultToolchain ?? "stable (default)"}");
        context.Output.WriteLine($"profile:                {request.Profile}");
        context.Output.WriteLine($"modify PATH variable:   {(request.NoModifyPath ? "no" : "yes")}");
        context.Output.WriteLine();
        context.Output.WriteLine("1) Proceed with installation (default - just press enter)");
        context.Output.WriteLine("3) Cancel installation");
        context.Output.Write(">");
        context.Output.Flush();
        var answer = Console.In.ReadLine() ?? throw new StoreException(
            StoreErrorKind.Usage, "unable to read from stdin for confirmation");
        return answer.Trim() is "" or "1";
    }

    private static void Configure(Workspace workspace, Request request)
    {
        workspace.Writing.SetSetting(SettingKeys.Profile, request.Profile);
        workspace.Reporter.Info($"profile set to {request.Profile}");
        if (request.DefaultHost is { } host)
        {
            TargetTriple.ParseHost(host);
            workspace.Writing.SetSetting(SettingKeys.DefaultHost, host);
            workspace.Reporter.Info($"setting default host triple to {host}");
        }
        else
        {
            workspace.Reporter.Info($"default host triple is {workspace.Writing.DefaultHost}");
        }
    }

    private static void InstallToolchain(Workspace workspace, Request request)
    {
        if (ChooseToolchain(workspace, request) is not { } name)
        {
            return;
        }
        var row = ToolchainFollowing.Follow(workspace, new FollowRequest
        {
            Name = name,
            Profile = workspace.Profile,
            Components = request.Components,
            Targets = request.Targets,
            IsForced = true,
        });
        workspace.Writing.SetSetting(SettingKeys.DefaultToolchain, name.Text);
        workspace.Reporter.Info($"default toolchain set to {name.Text}");
        UpdateSummary.Write(workspace.Output, [row]);
    }

    /// <summary>What was asked for; else the default that is there; else stable. Null: leave toolchains alone.</summary>
    private static ToolchainName.Official? ChooseToolchain(Workspace workspace, Request request)
    {
        var current = workspace.Writing.ReadSettings().DefaultToolchain;
        switch (request.DefaultToolchain is { } text ? RequestedToolchain.ParseOfficialOrNone(text) : null)
        {
            case RequestedToolchain.None:
                workspace.Reporter.Info("skipping toolchain installation");
                WarnIgnored(workspace, "component", request.Components);
                WarnIgnored(workspace, "target", request.Targets);
                return null;
            case RequestedToolchain.Official official:
                return official.Name.Resolve(workspace.Writing.DefaultHost);
        }
        if (current is not null && request.NoUpdateDefaultToolchain)
        {
            workspace.Reporter.Info("updating existing rustup installation - leaving toolchains alone");
            return null;
        }
        return current is null
            ? workspace.ResolveOfficial("stable")
            : RequestedToolchain.TryParseOfficialOrCustom(current) is RequestedToolchain.Official existing
                ? existing.Name.Resolve(workspace.Writing.DefaultHost)
                : null;
    }

    private static void WarnIgnored(Workspace workspace, string kind, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            workspace.Reporter.Warn($"ignoring requested {kind}{(names.Count == 1 ? "" : "s")}: {string.Join(", ", names)}");
        }
    }
}
