using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup component add</c></summary>
internal static class ComponentAdd
{
    internal static Command Create(CommandContext context)
    {
        var components = ListArgument.OneOrMore("COMPONENT", "");
        var toolchain = ToolchainArgument.OfficialOption();
        var target = new TextOption("--target", "TARGET", "");
        var offline = SharedFlags.Offline();
        var from = SharedFlags.From();
        var verb = new Verb("add", "Add a component to a Rust toolchain");
        verb.Add(components);
        verb.Add(toolchain);
        verb.Add(target);
        verb.Add(offline);
        verb.Add(from);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            SharedFlags.ApplyFrom(parse.GetValue(from));
            return Run(
                context,
                parse.GetRequiredValue(components),
                parse.GetValue(toolchain),
                parse.GetValue(target));
        });
        return verb;
    }

    private static int Run(
        CommandContext context,
        IReadOnlyList<string> components,
        string? toolchain,
        string? target)
    {
        using var workspace = new Workspace(context);
        ComponentChanges.Add(workspace, toolchain, components, target);
        return 0;
    }
}
