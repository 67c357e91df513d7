using ToolchainStore.Journal;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What is said of an exception that nobody expected, which is a defect of ours.</summary>
internal static class UnexpectedFailure
{
    private const int ExitCode = 1;

    /// <summary>
    /// One line; below it where it came from, if the user asks for that. Returns the exit code.
    /// </summary>
    internal static int Report(TextWriter error, Exception failure)
    {
        error.Write(MessageFormat.FromEnvironment([]).Format(
            MessageLevel.Error, Describe(failure, hasStack: CommandEnvironment.Read("RUST_BACKTRACE") == "1")));
        return ExitCode;
    }

    /// <summary>What was damaged so that this could happen; null if it is a fault of ours.</summary>
    internal static StoreException? FindCause(Exception failure)
    {
        try
        {
            return JournalDatabase.FindCause(Machine.Host, new StoreLayout(UserHomes.FromEnvironment().RustupHome), failure);
        }
        catch (StoreException)
        {
            // Without a home there is no journal.
            return null;
        }
    }

    /// <summary>Also of threads that nobody waits for: the runtime would print their stack and abort.</summary>
    internal static void ReportThoseOfThreads(TextWriter error) => AppDomain.CurrentDomain.UnhandledException += (_, thrown) =>
        Environment.Exit(Report(error, (Exception)thrown.ExceptionObject));

    internal static string Describe(Exception failure, bool hasStack)
    {
        var said = string.Join(' ', failure.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return $"internal error: {failure.GetType().Name}: {said}; this is a bug of {ProgramVersion.Name} {ProgramVersion.Text}: "
            + "please report it with the command, what it prints with RUST_BACKTRACE=1, and what `rustup store report` prints"
            + (hasStack ? $"\n\n{failure}" : "");
    }
}
