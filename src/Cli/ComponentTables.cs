using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What <c>component list</c> and <c>target list</c> print.</summary>
internal static class ComponentTables
{
    private const string EveryHost = "*";

    /// <summary>Components by package and target; what a custom toolchain lists of itself otherwise.</summary>
    internal static void WriteComponents(Workspace workspace, string? toolchain, bool installedOnly, bool isQuiet)
    {
        var chosen = workspace.RequireToolchain(toolchain);
        if (IsCustom(chosen))
        {
            WriteOwn(workspace, ListOwn(workspace, chosen.Location), installedOnly, isQuiet);
            return;
        }
        var name = workspace.RequireComponents(chosen);
        Write(workspace, name, row => DisplayName(row), _ => true, installedOnly, isQuiet);
    }

    internal static void WriteTargets(Workspace workspace, string? toolchain, bool installedOnly, bool isQuiet)
    {
        const string StandardLibrary = "rust-std-";
        var chosen = workspace.RequireToolchain(toolchain);
        if (IsCustom(chosen))
        {
            var targets = ListOwn(workspace, chosen.Location)
                .Where(component => component.StartsWith(StandardLibrary, StringComparison.Ordinal))
                .Select(component => component[StandardLibrary.Length..]);
            WriteOwn(workspace, targets, installedOnly, isQuiet);
            return;
        }
        var name = workspace.RequireComponents(chosen);
        Write(
            workspace, name, row => row.Target, row => row.Package == "rust-std" && row.Target != EveryHost,
            installedOnly, isQuiet);
    }

    private static bool IsCustom(ChosenToolchain chosen) =>
        chosen.Reference is not ToolchainReference.Named { Name: ToolchainName.Official };

    private static void Write(
        Workspace workspace,
        ToolchainName.Official name,
        Func<OfferedComponentRow, string> display,
        Func<OfferedComponentRow, bool> isListed,
        bool installedOnly,
        bool isQuiet)
    {
        var components = workspace.Reading.ReadComponents(name);
        var installed = components.Installed
            .Select(component => (component.Package, component.Target ?? EveryHost)).ToHashSet();
        var rows = components.Offered.Where(isListed)
            .OrderBy(row => row.Package, StringComparer.Ordinal)
            .ThenBy(row => row.Target == EveryHost ? "" : row.Target, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var isInstalled = installed.Contains((row.Package, row.Target));
            if (isInstalled || (row.Available && !installedOnly))
            {
                WriteRow(workspace, display(row), isInstalled && !installedOnly && !isQuiet);
            }
        }
    }

    private static string DisplayName(OfferedComponentRow row) =>
        row.Target == EveryHost ? row.ShortName : $"{row.ShortName}-{row.Target}";

    private static string[] ListOwn(Workspace workspace, ToolchainLocation location)
    {
        var path = Path.Combine(location.SysrootPath, "lib", "rustlib", "components");
        return (workspace.Files.TryReadText(path) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>All of it is installed: nobody offers a custom toolchain more than it has.</summary>
    private static void WriteOwn(
        Workspace workspace, IEnumerable<string> names, bool installedOnly, bool isQuiet)
    {
        foreach (var name in names)
        {
            WriteRow(workspace, name, !installedOnly && !isQuiet);
        }
    }

    private static void WriteRow(Workspace workspace, string name, bool isMarked) => workspace.Output.WriteLine(
        isMarked ? $"{TextStyle.Bold.Apply(name)} {TextStyle.Remark.Apply("(installed)")}" : name);
}
