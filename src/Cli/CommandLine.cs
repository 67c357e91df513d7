using System.CommandLine;
using ToolchainStore.Cli.Commands;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli;

internal static class CommandLine
{
    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var context = new CommandContext(output, error);
        var name = Path.GetFileName(Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0") ?? System.Text.Encoding.UTF8.GetString(Platform.ProcessImage.ReadArguments()[0]));
        try
        {
            if (args.Length > 0 && args[0].StartsWith('+')) { context.ToolchainOverride = args[0][1..]; args = args[1..]; }
            var root = name.StartsWith("rustup-init", StringComparison.Ordinal) ? Initialize.Create(context) : Rustup.Create(context);
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (StoreException failed)
        {
            error.WriteLine($"{Style.Red.Apply("error")}: {ErrorText.Format(failed)}");
            return 1;
        }
    }
}
