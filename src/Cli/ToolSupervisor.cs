using System.Text;
using ToolchainStore.Collection;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>
/// What a proxy becomes that stays as its tool's parent. Not a verb: it comes before Console is touched, which would handle
/// the terminal and children that are the tool's.
/// </summary>
internal static class ToolSupervisor
{
    /// <summary>Runs a tool to its end; null if these arguments mean something else.</summary>
    internal static int? TryRun(string[] arguments)
    {
        if (Supervision.TryParse(arguments) is not var (program, since)
            || PinnedTree.TryParse(CommandEnvironment.Read(PinnedTree.Variable)) is not { } tree)
        {
            return null;
        }
        try
        {
            var layout = new StoreLayout(UserHomes.FromEnvironment().RustupHome);
            // Byte for byte, as the kernel has them: arguments need not be UTF-8.
            var passed = ProcessImage.ReadArguments().Skip(1 + Supervision.Describe(program, since).Count).ToList();
            return new Supervision(Machine.HostFiles, layout, tree, since, new ErrorOutput()).Run(program, passed);
        }
        catch (StoreException failed)
        {
            ErrorOutput.WriteError(failed);
            return 1;
        }
    }
}
