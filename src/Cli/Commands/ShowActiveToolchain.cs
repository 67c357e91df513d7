using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show active-toolchain</c></summary>
internal static class ShowActiveToolchain
{
    private const string Discussion =
        """
        Shows the name of the active toolchain.

        This is useful for figuring out the active tool chain from
        scripts.

        You should use `rustc --print sysroot` to get the sysroot, or
        `rustc --version` to get the toolchain version.
        """;

    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag("--verbose", "Enable verbose output with rustc information", "-v");
        var verb = new Verb("active-toolchain", "Show the active toolchain") { Discussion = Discussion };
        verb.Add(isVerbose);
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose)
    {
        using var workspace = new Workspace(context);
        var selection = workspace.FindSelection()
            ?? throw new StoreException(StoreErrorKind.NotFound, "no active toolchain");
        if (selection.Toolchain is ToolchainReference.Named { Name: ToolchainName.Official name } && workspace.IsAutoInstallAllowed)
        {
            workspace.EnsureInstalled(name, selection);
        }
        var location = workspace.Locate(selection.Toolchain) ?? throw selection.NotInstalled();
        if (!isVerbose)
        {
            var reason = selection.Reason is SelectionReason.Default ? "default" : selection.Reason.Description;
            context.Output.WriteLine($"{selection.Toolchain.Text} ({reason})");
            return 0;
        }
        context.Output.WriteLine(selection.Toolchain.Text);
        context.Output.WriteLine($"active because: {selection.Reason.Description}");
        context.Output.WriteLine($"compiler: {UpdateSummary.CompilerVersion(workspace.Reading, selection.Toolchain.Text, location)}");
        context.Output.WriteLine($"path: {workspace.ShownPath(selection.Toolchain)}");
        return 0;
    }
}
