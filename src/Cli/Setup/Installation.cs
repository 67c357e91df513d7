using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup.Shells;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>The installer's work, step after step. Any step may be the last: installing again does the rest.</summary>
internal sealed class Installation(CommandContext context, Workspace workspace)
{
    internal const string UninstallEntry = "Rustup";

    private static readonly TimeSpan ProxyTimeout = TimeSpan.FromSeconds(60);

    private static readonly Machine machine = Machine.Host;

    private readonly InstallationChecks checks = new(machine, workspace.Homes, workspace.Reporter, context.Output);
    private readonly ShellProfiles profiles = new(machine, workspace.Homes);

    internal int Run(InstallationRequest request)
    {
        CLibrary.RequireGlibc(machine);
        if (request.Profile == ProfileText.Format(Profile.Complete))
        {
            workspace.Reporter.Warn(
                "downloading with complete profile isn't recommended unless you are a developer of the rust language");
        }
        request.Check(workspace.DetectedHost);
        checks.LookForExistingRust(request.IsConfirmed);
        var isTheUsersHome = checks.LooksLikeTheUsersHome(request.IsConfirmed);
        checks.LookForBuildTools(request.DefaultHost ?? workspace.DetectedHost, request.IsConfirmed);
        var agreed = request.IsConfirmed
            ? request
            : new InstallationDialogue(context.Output, workspace.Homes, workspace.DetectedHost).Run(request, profiles.ListWanted());
        if (agreed is null)
        {
            workspace.Reporter.Info("aborting installation");
            return 0;
        }
        new InstalledPrograms(machine, workspace.Homes, workspace.Reporter).Install(ProgramPackage.OfThisProcess(machine));
        MakeFindable(agreed.ModifiesPath);
        Configure(agreed);
        InstallToolchain(agreed);
        ReportSuccess(agreed);
        return isTheUsersHome ? 0 : 1;
    }

    private void MakeFindable(bool modifiesPath)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsUserRegistry.AddUninstaller(
                UninstallEntry, $"\"{Path.Combine(workspace.Homes.CargoBin, "rustup.exe")}\" self uninstall",
                "Rustup: the Rust toolchain installer", Version.Number);
            if (modifiesPath && !WindowsUserRegistry.AddToPath(workspace.Homes.CargoBin))
            {
                workspace.Reporter.Warn("the registry key HKEY_CURRENT_USER\\Environment\\PATH is not a string. Not modifying the PATH variable");
            }
            return;
        }
        profiles.WriteScripts();
        if (modifiesPath)
        {
            profiles.AddLines();
        }
    }

    private void Configure(InstallationRequest request)
    {
        workspace.Writing.SetSetting(SettingKeys.Profile, request.Profile);
        workspace.Reporter.Info($"profile set to {request.Profile}");
        if (request.DefaultHost is { } host)
        {
            workspace.Reporter.Info($"setting default host triple to {host}");
            // Said in the dialogue, where nobody looked at it.
            TargetTriple.ParseHost(host);
            workspace.Writing.SetSetting(SettingKeys.DefaultHost, host);
        }
        else
        {
            workspace.Reporter.Info($"default host triple is {workspace.Writing.DefaultHost}");
        }
    }

    private void InstallToolchain(InstallationRequest request)
    {
        if (ChooseToolchain(request) is not { } name)
        {
            return;
        }
        if (workspace.Writing.Catalog.Find(name) is not null)
        {
            workspace.Reporter.Warn("Updating existing toolchain, profile choice will be ignored");
        }
        var row = ToolchainFollowing.Follow(workspace, new FollowRequest
        {
            Name = name,
            Profile = workspace.Profile,
            Components = request.Components,
            Targets = request.Targets,
            IsForced = true,
        });
        TryOutProxies(request.Components, name);
        workspace.Writing.SetSetting(SettingKeys.DefaultToolchain, name.Text);
        workspace.Reporter.Info($"default toolchain set to {name.Text}");
        UpdateSummary.Write(context.Output, [row]);
    }

    /// <summary>What was asked for; else the default that is there; else stable. Null: leave toolchains alone.</summary>
    private ToolchainName.Official? ChooseToolchain(InstallationRequest request)
    {
        var current = workspace.Writing.ReadSettings().DefaultToolchain;
        switch (request.DefaultToolchain is { } text ? RequestedToolchain.ParseOfficialOrNone(text) : null)
        {
            case RequestedToolchain.None:
                workspace.Reporter.Info("skipping toolchain installation");
                WarnIgnored("component", request.Components);
                WarnIgnored("target", request.Targets);
                context.Output.WriteLine();
                return null;
            case RequestedToolchain.Official official:
                return official.Name.Resolve(workspace.Writing.DefaultHost);
        }
        if (current is not null && request.KeepsDefaultToolchain)
        {
            workspace.Reporter.Info("updating existing rustup installation - leaving toolchains alone");
            context.Output.WriteLine();
            return null;
        }
        return current is null
            ? workspace.ResolveOfficial("stable")
            : RequestedToolchain.TryParseOfficialOrCustom(current) is RequestedToolchain.Official existing
                ? existing.Name.Resolve(workspace.Writing.DefaultHost)
                : null;
    }

    private void WarnIgnored(string kind, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            workspace.Reporter.Warn($"ignoring requested {kind}{(names.Count == 1 ? "" : "s")}: {string.Join(", ", names)}");
        }
    }

    /// <summary>Runs what was asked for by name, as a user will: through the links, which not every file system bears.</summary>
    private void TryOutProxies(IReadOnlyList<string> components, ToolchainName.Official name)
    {
        foreach (var tool in components.Where(component => component is "cargo" or "rustc"))
        {
            var proxy = Path.Combine(workspace.Homes.CargoBin, OperatingSystem.IsWindows() ? $"{tool}.exe" : tool);
            var outcome = machine.Processes.Capture(
                proxy, [$"+{name.Text}", "--version"], new Dictionary<string, string?>(), ProxyTimeout);
            context.Output.Write(outcome.Output);
            if (outcome.ExitCode != 0)
            {
                throw new StoreException(StoreErrorKind.Broken, "rustup executable proxies don't seem to work");
            }
        }
    }

    private void ReportSuccess(InstallationRequest request)
    {
        var surroundings = ShellSurroundings.OfUser(machine, workspace.Homes.CargoHome);
        context.Output.Write(Prose.Wrap(InstallationTexts.Installed(
            surroundings.ShownCargoHome, surroundings.ShowCargoHome("~"), request.ModifiesPath)));
        checks.LookForLinker();
        if (OperatingSystem.IsWindows() && !request.IsConfirmed)
        {
            // The window that a double click opened would be gone with the text.
            context.Output.WriteLine();
            context.Output.WriteLine("Press the Enter key to continue.");
            Prompt.ReadAnswer(context.Output);
        }
    }
}
