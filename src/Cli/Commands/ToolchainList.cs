using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain list</c></summary>
internal static class ToolchainList
{
    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag("--verbose", "Enable verbose output with toolchain information", "-v");
        var isQuiet = new Flag("--quiet", "Force the output to be a single column", "-q");
        var verb = new Verb("list", "List installed toolchains") { Exclusive = [[isVerbose, isQuiet]] };
        verb.Add(isVerbose);
        verb.Add(isQuiet);
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose), parse.GetValue(isQuiet)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose, bool isQuiet)
    {
        using var workspace = new Workspace(context);
        var toolchains = workspace.Reading.Catalog.List();
        if (toolchains.Count == 0)
        {
            context.Output.WriteLine("no installed toolchains");
            return 0;
        }
        var defaultName = DefaultToolchain.Find(workspace);
        var active = workspace.FindActive()?.Toolchain.Text;
        foreach (var toolchain in toolchains)
        {
            var name = toolchain.Name.Text;
            context.Output.WriteLine(isQuiet
                ? name
                : name + DefaultToolchain.Mark(name == active, name == defaultName)
                    + (isVerbose ? " " + toolchain.ShownPath : ""));
        }
        return 0;
    }
}
