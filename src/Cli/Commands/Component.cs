using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup component</c></summary>
internal static class Component
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("component", "Modify a toolchain's installed components");
        verb.Add(ComponentList.Create(context));
        verb.Add(ComponentAdd.Create(context));
        verb.Add(ComponentRemove.Create(context));
        return verb;
    }
}
