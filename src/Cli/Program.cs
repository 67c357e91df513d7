using System.Text;
using ToolchainStore.Cli;
using ToolchainStore.Cli.Output;
using ToolchainStore.Platform;

if (CommandEnvironment.FindThreadsFault() is { } fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}
var forced = Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0") is { Length: > 0 } name ? name : null;
var calledAs = forced ?? Encoding.UTF8.GetString(ProcessImage.ReadArguments()[0]);
var width = Terminal.MeasureWidth();
if (CommandLine.IsInstaller(calledAs))
{
    return CommandLine.RunInstaller(args, Console.Out, Console.Error, width);
}
return forced is not null && Path.GetFileNameWithoutExtension(forced) != "rustup"
    ? CommandLine.BecomeProxy(Console.Error)
    : CommandLine.Run(args, Console.Out, Console.Error, width);
