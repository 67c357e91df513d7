using System.ComponentModel;
using System.Diagnostics;

namespace ToolchainStore.Platform;

/// <summary>A program that is run to its end for what it says.</summary>
internal static class CapturedProcess
{
    internal static ProcessResult Run(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout,
        Func<int, string, string, FileSystemException> explain)
    {
        var clock = Stopwatch.StartNew();
        using var process = Start(program, arguments, environment, explain);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(timeout))
        {
            Kill(process);
            return new ProcessResult(-1, "", TimedOut: true);
        }
        // A grandchild may keep the pipe open after its parent ended; it gets what is left of the time.
        var left = timeout - clock.Elapsed;
        var isComplete = Task.WaitAll([output, errors], left > TimeSpan.Zero ? left : TimeSpan.Zero);
        return new ProcessResult(process.ExitCode, isComplete ? output.Result : "", TimedOut: !isComplete);
    }

    private static Process Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        Func<int, string, string, FileSystemException> explain)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            CreateNoWindow = true,
        };
        foreach (var (name, value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (Win32Exception refused)
        {
            throw explain(refused.NativeErrorCode, "run", program);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception refused) when (refused is Win32Exception or AggregateException or InvalidOperationException)
        {
            // It ended by itself, or a descendant may not be signalled; nobody waits for it either way.
        }
    }
}
