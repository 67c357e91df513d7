using ToolchainStore.Cli;
using ToolchainStore.Cli.Output;

var calledAs = Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0") is { Length: > 0 } forced
    ? forced
    : Environment.GetCommandLineArgs()[0];
var width = Terminal.MeasureWidth();
return CommandLine.IsInstaller(calledAs)
    ? CommandLine.RunInstaller(args, Console.Out, Console.Error, width)
    : CommandLine.Run(args, Console.Out, Console.Error, width);
