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
            if (int.TryParse(process.Name, out var id) && HasOpen(id, file))
            {
                holders.Add(new FileHolder(id, NameOf(id)));
            }
        }
        return holders;
    }

    public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) =>
        UnixNative.IsMac ? [] : new LinuxProcessWalk(directory, variable).Run();

    private static bool HasOpen(int process, FileIdentity file)
    {
        var descriptors = $"/proc/{process}/fd";
        try
        {
            return UnixDirectory.List(descriptors)
                .Any(descriptor => UnixStatus.TryFindKnownIdentity($"{descriptors}/{descriptor.Name}") == file);
        }
        catch (FileSystemException)
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
