using System.Globalization;
using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Processes of Linux and macOS.</summary>
internal sealed class UnixProcesses : IProcesses
{
    public int CurrentId => Environment.ProcessId;

    public string HostName => Environment.MachineName;

    public ProcessResult Capture(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout) => CapturedProcess.Run(program, arguments, environment, timeout, UnixErrors.From);

    public void StartDetached(string program, IReadOnlyList<string> arguments) =>
        UnixSpawnedProcess.StartDetached(program, arguments);

    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file)
    {
        if (UnixNative.IsMac)
        {
            // There is no /proc; libproc could tell, and is left for later. The list is a courtesy to the user.
            return [];
        }
        var holders = new List<FileHolder>();
        foreach (var process in UnixDirectory.List("/proc"))
        {
            if (int.TryParse(process.Name, out var id) && HasLocked(id, file))
            {
                holders.Add(new FileHolder(id, NameOf(id)));
            }
        }
        return holders;
    }

    public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) =>
        UnixNative.IsMac ? [] : new LinuxProcessWalk(directory, variable).Run();

    public IReadOnlySet<int> FindAncestors()
    {
        var ancestors = new HashSet<int>();
        for (var id = CurrentId; id > 0 && ancestors.Add(id); id = ParentOf(id))
        {
        }
        return ancestors;
    }

    public IReadOnlySet<int> FindReaders()
    {
        var pipes = new[] { 1, 2 }.Select(descriptor => FindPipe(CurrentId, descriptor)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return UnixNative.IsMac || pipes.Count == 0
            ? new HashSet<int>()
            : UnixDirectory.List("/proc").Select(entry => int.TryParse(entry.Name, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && id != CurrentId && FindPipe(id, 0) is { } pipe && pipes.Contains(pipe)).ToHashSet();
    }

    private static string? FindPipe(int process, int descriptor)
    {
        try
        {
            return Machine.Host.Files.ReadLink($"/proc/{process}/fd/{descriptor}") is { } link && link.StartsWith("pipe:", StringComparison.Ordinal) ? link : null;
        }
        catch (FileSystemException)
        {
            // It ended, or belongs to another user.
            return null;
        }
    }

    /// <remarks>A number that was given to another process since it was looked up is the caller's to rule out: look, then end.</remarks>
    public EndingOutcome End(int processId, bool isForced)
    {
        const int Kill = 9, Terminate = 15, NotPermitted = 1;
        // Root may signal anybody, and it is not for us to use that. macOS names nobody, so there is no /proc to ask.
        if (UnixStatus.Find($"/proc/{processId}", followLinks: false) is not { } process)
        {
            return EndingOutcome.Gone;
        }
        if (process.Owner != UnixNative.EffectiveUser())
        {
            return EndingOutcome.NotOurs;
        }
        if (UnixNative.SendSignal(processId, isForced ? Kill : Terminate) == 0)
        {
            return EndingOutcome.Sent;
        }
        return Marshal.GetLastPInvokeError() == NotPermitted ? EndingOutcome.NotOurs : EndingOutcome.Gone;
    }

    /// <summary>0 where it has none, or the system does not say.</summary>
    private static int ParentOf(int process)
    {
        if (UnixNative.IsMac)
        {
            return process == Environment.ProcessId ? UnixNative.ParentProcess() : 0;
        }
        try
        {
            // "number (name) state parent …"; a name may hold anything, parentheses too.
            var status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static bool HasLocked(int process, FileIdentity file)
    {
        var descriptors = $"/proc/{process}/fd";
        try
        {
            return UnixDirectory.List(descriptors)
                .Any(descriptor => UnixStatus.TryFindKnownIdentity($"{descriptors}/{descriptor.Name}") == file
                    && File.ReadLines($"/proc/{process}/fdinfo/{descriptor.Name}").Any(line => line.StartsWith("lock:", StringComparison.Ordinal)));
        }
        catch (Exception refused) when (refused is FileSystemException or IOException or UnauthorizedAccessException)
        {
            // The process ended, or belongs to another user: it is simply not named.
            return false;
        }
    }

    internal static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return "a process that ended";
        }
    }
}
