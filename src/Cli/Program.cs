using System.Text;
using ToolchainStore.Cli;
using ToolchainStore.Cli.Output;
using ToolchainStore.Platform;

var calledAs = Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0") is { Length: > 0 } forced
    ? forced
    : Encoding.UTF8.GetString(ProcessImage.ReadArguments()[0]);
var width = Terminal.MeasureWidth();
return CommandLine.IsInstaller(calledAs)
    ? CommandLine.RunInstaller(args, Console.Out, Console.Error, width)
    : CommandLine.Run(args, Console.Out, Console.Error, width);
