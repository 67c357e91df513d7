using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>Takes everything away that the installer and the store made, and nothing that a user put into bin.</summary>
internal sealed class SelfRemoval(Workspace workspace)
{
    // What belongs to programs that stay: cargo's list of them, and the scripts that profiles read to find them.
    private static readonly string[] NeededByOthers =
        [".crates.toml", ".crates2.json", "env", "env.fish", "env.nu", "env.tcsh", "env.ps1", "env.xsh"];

    // A collection in the background may be putting files there.
    private const int RemovalAttemptsMax = 20;
    private static readonly TimeSpan RemovalRetryInterval = TimeSpan.FromMilliseconds(50);

    private static readonly Machine machine = Machine.Host;

    private readonly ProgramNames names = new(machine, workspace.Homes, workspace.Reporter);

    internal void RequireInstalled()
    {
        if (!names.IsInstalled)
        {
            throw new StoreException(StoreErrorKind.NotFound, $"rustup is not installed at '{workspace.Homes.CargoHome}'");
        }
    }

    /// <remarks>
    /// Crash: whatever is left is removed by running it again; the programs go last, so that it can be run.
    /// </remarks>
    internal void Run(bool keepsPath)
    {
        var homes = workspace.Homes;
        workspace.Reporter.Info("removing rustup home");
        workspace.CloseStore();
        DeleteDirectory(homes.RustupHome);
        machine.ReachCrashPoint(CrashPoint.HomeRemoved);
        workspace.Reporter.Info("removing cargo home");
        var others = names.ListOthers();
        if (others.Count > 0)
        {
            workspace.Reporter.Info($"keeping '{homes.CargoBin}' and its place in PATH for what rustup did not install: {string.Join(", ", others)}");
        }
        else if (!keepsPath)
        {
            RemoveFromPath();
        }
        machine.ReachCrashPoint(CrashPoint.ProfilesRestored);
        foreach (var entry in machine.Files.List(homes.CargoHome)
            .Where(entry => entry.Name != "bin" && !(others.Count > 0 && NeededByOthers.Contains(entry.Name))))
        {
            DeleteDirectory(Path.Combine(homes.CargoHome, entry.Name));
        }
        workspace.Reporter.Info("removing rustup binaries");
        RemovePrograms();
        workspace.Reporter.Info("rustup is uninstalled");
    }

    private void RemoveFromPath()
    {
        if (OperatingSystem.IsWindows())
        {
            if (!WindowsUserRegistry.RemoveFromPath(workspace.Homes.CargoBin))
            {
                workspace.Reporter.Warn("the registry key HKEY_CURRENT_USER\\Environment\\PATH is not a string. Not modifying the PATH variable");
            }
            return;
        }
        new ShellProfiles(machine, workspace.Homes).RemoveLines();
    }

    private void RemovePrograms()
    {
        var homes = workspace.Homes;
        if (OperatingSystem.IsWindows())
        {
            WindowsUserRegistry.RemoveUninstaller(Installation.UninstallEntry);
            RemoveAfterOurEnd();
            return;
        }
        names.RemoveAll();
        foreach (var directory in new[] { homes.CargoBin, homes.CargoHome })
        {
            if (machine.Files.List(directory).Count > 0)
            {
                return;
            }
            DeleteDirectory(directory);
        }
    }

    /// <summary>Windows removes no program that runs: the names go now, what they lead to when we have ended. Untested.</summary>
    private void RemoveAfterOurEnd()
    {
        names.RemoveNames();
        var programs = Path.Combine(workspace.Homes.CargoBin, InstalledPrograms.DirectoryName);
        machine.Processes.StartDetached("cmd.exe",
        [
            "/d", "/c", "ping", "-n", "3", "127.0.0.1", ">nul", "&", "rmdir", "/s", "/q", programs,
            // These two only if they are empty.
            "&", "rmdir", workspace.Homes.CargoBin, "&", "rmdir", workspace.Homes.CargoHome,
        ]);
    }

    private static void DeleteDirectory(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                machine.Files.DeleteTree(path);
                return;
            }
            catch (FileSystemException refused)
                when (refused.Error == FileSystemError.NotEmpty && attempt < RemovalAttemptsMax)
            {
                machine.Sleep(RemovalRetryInterval);
            }
        }
    }
}
