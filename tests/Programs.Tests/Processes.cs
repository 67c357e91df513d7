using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Tests.Programs;

/// <summary>What tests do to processes, and see of them in /proc.</summary>
internal static class Processes
{
    /// <summary>Sends a signal by its name without SIG.</summary>
    internal static void Send(int processId, string signal) => Assert.True(TrySend(processId, signal), $"{processId} is gone");

    /// <summary>False if there is no such process any more.</summary>
    internal static bool TrySend(int processId, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -{signal} {processId.ToString(CultureInfo.InvariantCulture)}"])
        {
            RedirectStandardError = true,
        })!;
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    internal static bool IsStopped(int processId) => StateOf(processId) == 'T';

    /// <summary>What a process calls itself; empty if it is gone.</summary>
    internal static string NameOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The processes that have a file open.</summary>
    internal static IReadOnlyList<int> ListHolders(string path) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && HasOpen(id, path)),
    ];

    /// <summary>For the end of a test that may have failed anywhere.</summary>
    internal static void KillIfAlive(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended, or the test has finished with it.
        }
    }

    private static bool HasOpen(int processId, string path)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static char StateOf(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }
}
