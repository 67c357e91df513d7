using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup self</c></summary>
internal static class Self
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("self", "Modify the rustup installation");
        verb.Add(SelfUpdate.Create(context));
        verb.Add(SelfUninstall.Create(context));
        verb.Add(SelfUpgradeData.Create(context));
        return verb;
    }
}
