using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show home</c></summary>
internal static class ShowHome
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("home", "Display the computed value of RUSTUP_HOME");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        context.Output.WriteLine(UserHomes.FromEnvironment().RustupHome);
        return 0;
    }
}
