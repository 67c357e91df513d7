using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>Takes everything away that the installer and the store made.</summary>
internal sealed class SelfRemoval(Workspace workspace)
{
    private static readonly Machine machine = Machine.Host;

    /// <remarks>
    /// Crash: whatever is left is removed by running it again; the programs go last, so that it can be run.
    /// </remarks>
    internal void Run(bool keepsProfiles)
    {
        var homes = workspace.Homes;
        if (!machine.Files.Exists(Path.Combine(homes.CargoBin, "rustup")))
        {
            throw new StoreException(StoreErrorKind.NotFound, $"rustup is not installed at '{homes.CargoHome}'");
        }
        workspace.Reporter.Info("removing rustup home");
        workspace.Dispose();
        machine.Files.DeleteTree(homes.RustupHome);
        workspace.Reporter.Info("removing cargo home");
        if (!keepsProfiles)
        {
            new ShellProfiles(machine, homes).RemoveFromProfiles();
        }
        foreach (var entry in machine.Files.List(homes.CargoHome).Where(entry => entry.Name != "bin"))
        {
            machine.Files.DeleteTree(Path.Combine(homes.CargoHome, entry.Name));
        }
        workspace.Reporter.Info("removing rustup binaries");
        machine.Files.DeleteTree(homes.CargoHome);
        workspace.Reporter.Info("rustup is uninstalled");
    }
}
