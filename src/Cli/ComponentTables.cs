using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What <c>component list</c> and <c>target list</c> print.</summary>
internal static class ComponentTables
{
    private const string EveryHost = "*";

    /// <summary>Components by package and target; what a toolchain without a manifest lists of itself otherwise.</summary>
    internal static void WriteComponents(Workspace workspace, string? toolchain, bool installedOnly, bool isQuiet)
    {
        var chosen = workspace.RequireToolchain(toolchain);
        if (chosen.Location is not ToolchainLocation.Stored)
        {
            WriteOwnList(workspace, chosen.Location);
            return;
        }
        var name = Workspace.RequireComponents(chosen);
        Write(workspace, name, row => DisplayName(row), _ => true, installedOnly, isQuiet);
    }

    internal static void WriteTargets(Workspace workspace, string? toolchain, bool installedOnly, bool isQuiet)
    {
        var name = Workspace.RequireComponents(workspace.RequireToolchain(toolchain));
        Write(
            workspace, name, row => row.Target, row => row.Package == "rust-std" && row.Target != EveryHost,
            installedOnly, isQuiet);
    }

    private static void Write(
        Workspace workspace,
        ToolchainName.Official name,
        Func<OfferedComponentRow, string> display,
        Func<OfferedComponentRow, bool> isListed,
        bool installedOnly,
        bool isQuiet)
    {
        var installed = workspace.Reading.ReadBase(name).Components
            .Select(component => (component.Package, component.Target ?? EveryHost)).ToHashSet();
        var rows = workspace.Reading.ListOffered(name).Where(isListed)
            .OrderBy(row => row.Package, StringComparer.Ordinal)
            .ThenBy(row => row.Target == EveryHost ? "" : row.Target, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var isInstalled = installed.Contains((row.Package, row.Target));
            if (isInstalled || (row.Available && !installedOnly))
            {
                var mark = isInstalled && !installedOnly && !isQuiet ? " (installed)" : "";
                workspace.Output.WriteLine(display(row) + mark);
            }
        }
    }

    private static string DisplayName(OfferedComponentRow row) =>
        row.Target == EveryHost ? row.ShortName : $"{row.ShortName}-{row.Target}";

    private static void WriteOwnList(Workspace workspace, ToolchainLocation location)
    {
        var path = Path.Combine(location.SysrootPath, "lib", "rustlib", "components");
        workspace.Output.Write(workspace.Files.TryReadText(path) ?? "");
    }
}
