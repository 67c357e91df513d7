using System.Text;
using ToolchainStore.Cli;
using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Platform;

var forced = Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0") is { Length: > 0 } name ? name : null;
var calledAs = forced ?? Encoding.UTF8.GetString(ProcessImage.ReadArguments()[0]);
PackedLibrary.Register();
var width = Terminal.MeasureWidth();
if (CommandLine.IsInstaller(calledAs))
{
    return CommandLine.RunInstaller(args, Console.Out, Console.Error, width);
}
return forced is not null && Path.GetFileNameWithoutExtension(forced) != "rustup"
    ? CommandLine.BecomeProxy(Console.Error)
    : CommandLine.Run(args, Console.Out, Console.Error, width);
