using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup component remove</c></summary>
internal static class ComponentRemove
{
    internal static Command Create(CommandContext context)
    {
        var components = ListArgument.OneOrMore("COMPONENT", "");
        var toolchain = ToolchainArgument.OfficialOption();
        var target = new TextOption("--target", "TARGET", "");
        var verb = new Verb("remove", "Remove a component from a Rust toolchain");
        verb.Aliases.Add("uninstall");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        verb.Add(components);
        verb.Add(toolchain);
        verb.Add(target);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(components),
            parse.GetValue(toolchain),
            parse.GetValue(target)));
        return verb;
    }

    private static int Run(
        CommandContext context,
        IReadOnlyList<string> components,
        string? toolchain,
        string? target)
    {
        using var workspace = new Workspace(context);
        ComponentChanges.Remove(workspace, toolchain, components, target);
        return 0;
    }
}
