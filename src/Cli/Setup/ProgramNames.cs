using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>The names in <c>$CARGO_HOME/bin</c>: ours are links through <c>.rustup/current</c>, others are left alone.</summary>
/// <remarks>
/// RUSTUP_HARDLINK_PROXIES is not followed: a hard link would be a name of one version, and would have to be replaced with
/// every update, one name after the other.
/// </remarks>
internal sealed class ProgramNames(Machine machine, UserHomes homes, Reporter reporter)
{
    private const string Manager = "rustup";

    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    // These may have been installed by cargo itself.
    private static readonly string[] MayBelongToOthers = ["rust-analyzer", "rustfmt", "cargo-fmt"];

    /// <remarks>Crash: every name is old or new, and each leads to a complete program.</remarks>
    internal void LinkAll()
    {
        var others = MayBelongToOthers.Where(BelongsToOthers).ToList();
        // The names in doubt first: while another rustup's other names are there, its files are known.
        foreach (var tool in MayBelongToOthers.Union(ToolComponents.ProxyNames))
        {
            if (others.Contains(tool))
            {
                reporter.Warn(
                    $"tool `{tool}` is already installed, remove it from `{homes.CargoBin}`, then run `rustup update` to have rustup manage this tool.");
                continue;
            }
            Link(tool, InstalledPrograms.ProxyName);
        }
        Link(Manager, InstalledPrograms.CommandLineName);
    }

    internal bool IsInstalled => machine.Files.Exists(PathOf(Manager));

    /// <summary>What is in the directory that no rustup put there.</summary>
    internal IReadOnlyList<string> ListOthers()
    {
        var ours = ToolComponents.ProxyNames.Where(tool => !BelongsToOthers(tool))
            // A self-update of rustup leaves its installer there until the next start.
            .Concat([Manager, "rustup-init"])
            .Select(name => name + Suffix)
            .Append(InstalledPrograms.DirectoryName)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. machine.Files.List(homes.CargoBin)
                .Where(entry => !ours.Contains(entry.Name) && !FileSystemExtensions.IsStrayLink(entry))
                .Select(entry => entry.Name),
        ];
    }

    /// <summary>Removes our names, and then what they lead to.</summary>
    /// <remarks>
    /// Crash: while the manager has its name it can be asked again; after that a directory is left which nobody runs and
    /// the next installation uses.
    /// </remarks>
    internal void RemoveAll()
    {
        RemoveNames();
        machine.ReachCrashPoint(CrashPoint.NamesRemoved);
        machine.Files.DeleteTree(Path.Combine(homes.CargoBin, InstalledPrograms.DirectoryName));
    }

    /// <summary>The manager's last.</summary>
    internal void RemoveNames()
    {
        var others = ListOthers();
        foreach (var entry in machine.Files.List(homes.CargoBin)
            .Where(entry => !others.Contains(entry.Name) && entry.Name != InstalledPrograms.DirectoryName)
            .OrderBy(entry => entry.Name == Manager + Suffix))
        {
            machine.Files.DeleteTree(Path.Combine(homes.CargoBin, entry.Name));
        }
    }

    private void Link(string name, string program)
    {
        var path = PathOf(name);
        var target = Path.Combine(InstalledPrograms.DirectoryName, InstalledPrograms.CurrentName, program);
        if (machine.Files.ReadLink(path) != target)
        {
            machine.Files.ReplaceSymbolicLink(
                path, target, isDirectory: false, Path.Combine(homes.CargoBin, InstalledPrograms.StagingPrefix + machine.NewId()));
        }
        machine.ReachCrashPoint(CrashPoint.ProgramNamed);
    }

    /// <summary>
    /// Unless it is our link, or the same file as a name that is always ours, of whichever rustup. A link that leads
    /// nowhere helps nobody.
    /// </summary>
    private bool BelongsToOthers(string tool) =>
        MayBelongToOthers.Contains(tool)
        && machine.Files.ReadLink(PathOf(tool))?.StartsWith(InstalledPrograms.DirectoryName, StringComparison.Ordinal) != true
        && machine.Files.TargetStatus(PathOf(tool)) is { } status
        && ToolComponents.ProxyNames.Except(MayBelongToOthers).Append(Manager)
            .All(name => machine.Files.TargetStatus(PathOf(name))?.Identity != status.Identity);

    private string PathOf(string name) => Path.Combine(homes.CargoBin, name + Suffix);
}
