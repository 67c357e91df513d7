using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>Where a toolchain has a tool, for <c>which</c> and <c>run</c>.</summary>
internal sealed class ToolFinding(Workspace workspace, ChosenToolchain chosen)
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The path below toolchains/, which stays the same when the toolchain is updated.</summary>
    internal string FindShownPath(string tool)
    {
        var file = Path.Combine("bin", tool + Suffix);
        if (workspace.Files.TargetStatus(Path.Combine(chosen.Location.SysrootPath, file)) is { Kind: FileKind.File })
        {
            return Path.Combine(workspace.ShownPath(chosen.Reference), file);
        }
        if (chosen.Location is ToolchainLocation.Stored stored && !workspace.Files.IsDirectory(stored.SysrootPath))
        {
            throw TreeHolder.NotHeld(workspace.Files, $"toolchain '{chosen.Reference.Text}'", stored);
        }
        if (ToolComponents.FindComponent(tool) is not { } component)
        {
            throw new StoreException(
                StoreErrorKind.NotFound, $"unknown binary '{tool}' in toolchain '{chosen.Reference.Text}'");
        }
        var selector = chosen.Reference == workspace.TryFindSelection()?.Toolchain
            ? ""
            : $"--toolchain {chosen.Reference.Text} ";
        throw new StoreException(
            StoreErrorKind.NotFound,
            $"'{tool}' is not installed for the toolchain '{chosen.Reference.Text}'."
            + $"\nhelp: run `rustup component add {selector}{component}` to install it");
    }
}
