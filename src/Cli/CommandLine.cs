using System.CommandLine;
using ToolchainStore.Cli.Commands;

namespace ToolchainStore.Cli;

internal static class CommandLine
{
    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var context = new CommandContext(output, error);
        return Toolchain.Create(context).Parse(args).Invoke();
    }
}
