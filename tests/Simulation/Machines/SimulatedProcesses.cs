using System.Globalization;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>The processes of the simulated machine, as far as the store asks about them.</summary>
internal sealed class SimulatedProcesses(SimulatedProcess process) : IProcesses
{
    public int CurrentId => process.Id;

    public string HostName => "simulated";

    public ProcessResult Capture(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout) => throw new NotSupportedException("the store starts no programs");

    public void StartDetached(string program, IReadOnlyList<string> arguments) =>
        throw new NotSupportedException("the store starts no programs");

    public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) =>
    [
        .. process.World.RunningTools.Select(tool => new DirectoryUser(
            tool.ProcessId, "tool", new HashSet<string> { tool.TreeId }, StandsIn: null, Variable: null)),
    ];

    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) =>
    [
        .. process.World.RunningTools.Select(tool => tool.ProcessId).Distinct()
            .Select(id => new FileHolder(id, "tool " + id.ToString(CultureInfo.InvariantCulture))),
    ];

    public IReadOnlySet<int> FindAncestors() => new HashSet<int> { process.Id };

    public IReadOnlySet<int> FindReaders() => new HashSet<int>();

    public EndingOutcome End(int processId, bool isForced) =>
        process.World.RunningTools.RemoveAll(tool => tool.ProcessId == processId) > 0 ? EndingOutcome.Sent : EndingOutcome.Gone;
}
