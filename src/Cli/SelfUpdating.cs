using ToolchainStore.Cli.Setup;
using ToolchainStore.Distribution;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>
/// Updating rustup itself, from the releases that <c>RUSTUP_UPDATE_ROOT</c> names. Without it there is nowhere to look, and
/// this behaves as a rustup that was built without self-update. A downloaded installer is never executed: the programs in
/// it are unpacked, and what is not an installer of this program is refused.
/// </summary>
/// <remarks>
/// Any number of updates run at once and may be killed: <see cref="InstalledPrograms"/> publishes a version directory and
/// moves one link. Every name leads to the old or the new program, both complete.
/// </remarks>
internal static class SelfUpdating
{
    private const string UpdateRoot = "RUSTUP_UPDATE_ROOT";
    private const string ForcedVersion = "RUSTUP_VERSION";

    /// <summary><c>rustup self update</c>, whatever the settings say.</summary>
    internal static int Run(Workspace workspace)
    {
        RequireInstalled(workspace);
        if (FindReleases(workspace) is not { } releases)
        {
            workspace.Reporter.Info("self-update is disabled for this build of rustup");
            workspace.Reporter.Info("any updates to rustup will need to be fetched with your system package manager");
            return 0;
        }
        var version = Update(workspace, releases, isAskedFor: true);
        workspace.Output.WriteLine(version is null
            ? $"  {TextStyle.Bold.Apply("rustup unchanged")} - {ProgramVersion.Rustup}"
            : $"  {TextStyle.Good.Apply("rustup updated")} - {version} (from {ProgramVersion.Release})");
        workspace.Output.WriteLine();
        return 0;
    }

    /// <summary>After toolchains were updated: what the settings say, unless the command line or CI forbids it.</summary>
    internal static void Follow(Workspace workspace, bool isForbidden)
    {
        if (isForbidden || IsForbiddenByCI || CommandEnvironment.IsOffline || FindReleases(workspace) is not { } releases)
        {
            return;
        }
        switch (workspace.Reading.ReadSettings().AutoSelfUpdate ?? SelfUpdateMode.Enable)
        {
            case SelfUpdateMode.CheckOnly:
                WriteCheck(workspace, releases);
                break;
            case SelfUpdateMode.Enable when workspace.Files.CanWrite(workspace.Homes.CargoBin):
                RequireInstalled(workspace);
                Update(workspace, releases, isAskedFor: false);
                break;
        }
    }

    /// <summary>The line of <c>rustup check</c>; true if there is an update.</summary>
    internal static bool Check(Workspace workspace, bool isForbidden) =>
        !isForbidden && !IsForbiddenByCI
        && workspace.Reading.ReadSettings().AutoSelfUpdate != SelfUpdateMode.Disable
        && FindReleases(workspace) is { } releases
        && WriteCheck(workspace, releases);

    private static bool IsForbiddenByCI =>
        CommandEnvironment.Read("CI") is not null && CommandEnvironment.Read("RUSTUP_CI") is null;

    private static ProgramReleases? FindReleases(Workspace workspace) =>
        CommandEnvironment.Read(UpdateRoot) is { } root ? workspace.OpenReleases(root) : null;

    private static void RequireInstalled(Workspace workspace)
    {
        if (!workspace.Files.Exists(Path.Combine(workspace.Homes.CargoBin, InstalledPrograms.CommandLineName)))
        {
            throw new StoreException(
                StoreErrorKind.NotFound, $"rustup is not installed at '{workspace.Homes.CargoHome}'");
        }
    }

    private static bool WriteCheck(Workspace workspace, ProgramReleases releases)
    {
        var newest = releases.FetchNewestVersion();
        var hasUpdate = ProgramVersion.IsOurs(newest) && newest != ProgramVersion.Release;
        var name = TextStyle.Bold.Apply("rustup - ");
        workspace.Output.WriteLine(hasUpdate
            ? $"{name}{TextStyle.Notable.Apply("update available")} : {ProgramVersion.Release} -> {newest}"
            : $"{name}{TextStyle.Good.Apply("up to date")} : {ProgramVersion.Rustup}");
        return hasUpdate;
    }

    /// <summary>The version that was installed; null if there was nothing to do.</summary>
    private static string? Update(Workspace workspace, ProgramReleases releases, bool isAskedFor)
    {
        workspace.Reporter.Info($"checking for self-update (current version: {ProgramVersion.Rustup})");
        var version = ChooseVersion(workspace, releases);
        if (version is ProgramVersion.Rustup || version == ProgramVersion.Release)
        {
            return null;
        }
        if (!ProgramVersion.IsOurs(version))
        {
            var refusal = NotOurs(version, releases);
            if (isAskedFor)
            {
                throw refusal;
            }
            workspace.Reporter.Debug(refusal.Message);
            return null;
        }
        workspace.Reporter.Info($"downloading self-update (new version: {version})");
        var installer = InstallerFile.TryParse(releases.FetchInstaller(version, HostTriple.OfThisProgram()))
            ?? throw NotOurs(version, releases);
        var package = installer.ReadPackage();
        if (package.Version != version)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"the installer of release {version} at '{releases.Root}' is that of {package.Version}, so it was not installed"
                + "\nhelp: the server may be in the middle of a release; try again in a few minutes");
        }
        new InstalledPrograms(Machine.Host, workspace.Homes, workspace.Reporter).Install(package);
        return version;
    }

    private static string ChooseVersion(Workspace workspace, ProgramReleases releases)
    {
        if (CommandEnvironment.Read(ForcedVersion) is not { } forced)
        {
            return releases.FetchNewestVersion();
        }
        workspace.Reporter.Info($"`{ForcedVersion}` has been set to `{forced}`");
        return forced;
    }

    private static StoreException NotOurs(string version, ProgramReleases releases) => new(
        StoreErrorKind.Usage,
        $"release {version} of '{releases.Root}' is not one of {ProgramVersion.Name}, so it was not installed"
        + $"\nhelp: {UpdateRoot} must name a server of its releases; unset it to keep this version");
}
