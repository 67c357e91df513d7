using ToolchainStore.Distribution;
using ToolchainStore.Messages;
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
            var padding = new string(' ', width - Label(row).Length);
            output.WriteLine($"  {padding}{StyleOf(row).Apply(Label(row))} - {row.Version}{from}");
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
        store.Catalog.Find(name) is { } toolchain ? CompilerVersion(store, name.Text, toolchain.Location) : NotInstalled;

    /// <param name="store">The store, which keeps the toolchain while its compiler runs.</param>
    /// <param name="toolchain">What RUSTUP_TOOLCHAIN tells the compiler.</param>
    /// <param name="location">Where it is.</param>
    internal static string CompilerVersion(LocalStore store, string toolchain, ToolchainLocation location)
    {
        using var held = store.Hold(location);
        return held is null ? NotInstalled : CompilerVersion(toolchain, held);
    }

    internal static string CompilerVersion(string toolchain, HeldToolchain held)
    {
        var sysroot = held.Location.SysrootPath;
        var compiler = Path.Combine(sysroot, "bin", OperatingSystem.IsWindows() ? "rustc.exe" : "rustc");
        if (!Machine.Host.Files.IsFile(compiler))
        {
            return "(rustc does not exist)";
        }
        try
        {
            var result = Machine.Host.Processes.Capture(
                compiler, ["--version"], ToolEnvironment.ForCapture(toolchain, sysroot), VersionTimeout);
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

    private static TextStyle StyleOf(SummaryRow row) => row.Banner switch
    {
        "installed" or "updated" or "rolled back" or "restored" => TextStyle.Good,
        "unchanged" => TextStyle.Bold,
        _ => TextStyle.Bad,
    };

    private static string Label(SummaryRow row) => $"{row.Name} {row.Banner}";
}
