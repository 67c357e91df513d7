using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set</c></summary>
internal static class Set
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("set", "Alter rustup settings");
        verb.Add(SetDefaultHost.Create(context));
        verb.Add(SetProfile.Create(context));
        verb.Add(SetAutoSelfUpdate.Create(context));
        verb.Add(SetAutoInstall.Create(context));
        verb.Add(SetDocumentation.Create(context));
        return verb;
    }
}
