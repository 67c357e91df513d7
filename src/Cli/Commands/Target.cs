using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup target</c></summary>
internal static class Target
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("target", "Modify a toolchain's supported targets");
        verb.Add(TargetList.Create(context));
        verb.Add(TargetAdd.Create(context));
        verb.Add(TargetRemove.Create(context));
        return verb;
    }
}
