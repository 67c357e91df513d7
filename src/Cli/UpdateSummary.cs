using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What became of one toolchain.</summary>
internal sealed record SummaryRow(string Name, string Banner, string Version, string? OldVersion);

/// <summary>The table on standard output after installs and updates; scripts parse it.</summary>
internal static class UpdateSummary
{
    private const string NotInstalled = "(toolchain not installed)";

    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(10);

    internal static void Write(TextWriter output, IReadOnlyList<SummaryRow> rows)
    {
        var width = rows.Count == 0 ? 0 : rows.Max(row => Label(row).Length);
        output.WriteLine();
        foreach (var row in rows)
        {
            var from = row.OldVersion is null ? "" : $" (from {row.OldVersion})";
            output.WriteLine($"  {Label(row).PadLeft(width)} - {row.Version}{from}");
        }
        output.WriteLine();
    }

    internal static string Banner(InstallOutcome outcome) => outcome switch
    {
        InstallOutcome.Installed => "installed",
        InstallOutcome.Updated => "updated",
        _ => "unchanged",
    };

    /// <summary>What the toolchain's own compiler says of its version, or why it does not.</summary>
    internal static string CompilerVersion(LocalStore store, ToolchainName name) =>
        store.Catalog.Find(name) is { } toolchain ? CompilerVersion(store, toolchain.Location) : NotInstalled;

    internal static string CompilerVersion(LocalStore store, ToolchainLocation location)
    {
        using var held = store.Hold(location);
        if (held is null)
        {
            return NotInstalled;
        }
        var sysroot = held.Location.SysrootPath;
        var compiler = Path.Combine(sysroot, "bin", OperatingSystem.IsWindows() ? "rustc.exe" : "rustc");
        if (!Machine.Host.Files.IsFile(compiler))
        {
            return "(rustc does not exist)";
        }
        try
        {
            var result = Machine.Host.Processes.Capture(
                compiler, ["--version"], ToolEnvironment.ForCapture(sysroot), VersionTimeout);
            return result switch
            {
                { TimedOut: true } => "(timeout reading rustc version)",
                { ExitCode: 0, Output.Length: > 0 } => result.Output.Split('\n')[0].TrimEnd('\r'),
                _ => "(error reading rustc version)",
            };
        }
        catch (FileSystemException)
        {
            // Not executable here, of another host for example: the table says so instead of the command failing.
            return "(error reading rustc version)";
        }
    }

    private static string Label(SummaryRow row) => $"{row.Name} {row.Banner}";
}
