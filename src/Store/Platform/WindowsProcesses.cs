using System.Runtime.Versioning;

namespace ToolchainStore.Platform;

/// <summary>Processes of Windows. Untested.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsProcesses : IProcesses
{
    public int CurrentId => Environment.ProcessId;

    public string HostName => Environment.MachineName;

    public ProcessResult Capture(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout) => CapturedProcess.Run(program, arguments, environment, timeout, WindowsErrors.From);

    public void StartDetached(string program, IReadOnlyList<string> arguments)
    {
        const int InheritNothing = 0;
        const uint WithoutConsole = 0x8, NewGroup = 0x200;
        // CreateProcess may write into the command line, so it gets a copy of its own.
        var commandLine = (WindowsCommandLine.Format([program, .. arguments]) + '\0').ToCharArray();
        var startup = new WindowsNative.StartupInformation { Size = sizeof(WindowsNative.StartupInformation) };
        WindowsNative.ProcessInformation process;
        fixed (char* start = commandLine)
        {
            var isStarted = WindowsNative.CreateProcess(
                program, start, 0, 0, InheritNothing, WithoutConsole | NewGroup, 0, 0, &startup, &process);
            if (isStarted == 0)
            {
                throw WindowsErrors.Last("start", program);
            }
        }
        WindowsNative.Close(process.Thread);
        WindowsNative.Close(process.Process);
    }

    /// <summary>Nobody: the Restart Manager could tell by path, and is left for later. The list is a courtesy.</summary>
    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) => [];

    /// <summary>Nobody: a running program's files cannot be removed there, so nothing depends on finding it.</summary>
    public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) => [];

    public IReadOnlySet<int> FindAncestors() => new HashSet<int> { CurrentId };

    public IReadOnlySet<int> FindReaders() => new HashSet<int>();

    /// <summary>Nobody is found there, so nobody is ended from outside: proxies stay as parents and see the notice.</summary>
    public EndingOutcome End(int processId, bool isForced) => EndingOutcome.NotOurs;
}
