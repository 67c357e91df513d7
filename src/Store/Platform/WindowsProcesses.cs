namespace ToolchainStore.Platform;
internal sealed class WindowsProcesses : IProcesses
{
    public int CurrentId => Environment.ProcessId;
    public string HostName => Environment.MachineName;
    public ProcessResult Capture(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, TimeSpan timeout) => throw new PlatformNotSupportedException();
    public void StartDetached(string program, IReadOnlyList<string> arguments) => throw new PlatformNotSupportedException();
    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) => throw new PlatformNotSupportedException();
}
