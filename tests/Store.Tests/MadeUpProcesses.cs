using ToolchainStore.Platform;

namespace ToolchainStore.Tests;

/// <summary>A machine on which the processes are the ones that a test names.</summary>
internal sealed class MadeUpProcesses : IProcesses
{
    internal IReadOnlyList<FileHolder> Holders { get; set; } = [];

    internal HashSet<int> Ancestors { get; set; } = [];

    internal HashSet<int> Readers { get; set; } = [];

    internal bool EndsWhenKilled { get; set; }

    internal List<(int Process, bool IsForced)> Ended { get; } = [];

    internal int Looks { get; private set; }

    public int CurrentId => 1;

    public string HostName => "made up";

    public ProcessResult Capture(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, TimeSpan timeout) =>
        throw new NotSupportedException();

    public void StartDetached(string program, IReadOnlyList<string> arguments) => throw new NotSupportedException();

    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file)
    {
        Looks++;
        return Holders;
    }

    public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null)
    {
        Looks++;
        return [];
    }

    public IReadOnlySet<int> FindAncestors() => new HashSet<int>([CurrentId, .. Ancestors]);

    public IReadOnlySet<int> FindReaders() => Readers;

    public EndingOutcome End(int processId, bool isForced)
    {
        Ended.Add((processId, isForced));
        if (isForced && EndsWhenKilled)
        {
            Holders = [.. Holders.Where(holder => holder.ProcessId != processId), new FileHolder(CurrentId, "rustup")];
        }
        return EndingOutcome.Sent;
    }
}
