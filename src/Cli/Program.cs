using System.Text;
using ToolchainStore.Cli;
using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Messages;
using ToolchainStore.Platform;

StandardStreams.EnsureOpen();
if (ToolSupervisor.TryRun(args) is { } exitCode)
{
    return exitCode;
}
var calledAs = CommandEnvironment.Read("RUSTUP_FORCE_ARG0") ?? Encoding.UTF8.GetString(ProcessImage.ReadArguments()[0]);
#if !STATIC_SQLITE
PackedLibrary.Register();
#endif
var width = Terminal.MeasureWidth();
using var log = new StreamWriter(new LogStream(StandardStreams.OpenError())) { AutoFlush = true };
var error = TextWriter.Synchronized(TextStyle.IsWanted(!Console.IsErrorRedirected) ? log : new PlainWriter(log));
UnexpectedFailure.ReportThoseOfThreads(error);
using var results = new StreamWriter(StandardStreams.OpenOutput()) { AutoFlush = true };
var output = TextWriter.Synchronized(TextStyle.IsWanted(!Console.IsOutputRedirected) ? results : new PlainWriter(results));
if (CommandEnvironment.FindThreadsFault() is { } fault)
{
    error.WriteLine(fault);
    return 1;
}
if (CommandLine.IsInstaller(calledAs))
{
    return CommandLine.RunInstaller(args, output, error, width);
}
return Path.GetFileNameWithoutExtension(calledAs) == "rustup"
    ? CommandLine.Run(args, output, error, width)
    : CommandLine.BecomeProxy(calledAs, error);
