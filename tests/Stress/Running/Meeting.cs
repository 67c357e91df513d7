using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>
/// What two machines that work on one home tell each other, in a folder that both have on a local disk: each epoch is a file with
/// the moment of its end, and for each of them one with what the second machine did. A file appears complete, by a rename.
/// </summary>
/// <remarks>Both clocks must be one: machines that are clients in one kernel.</remarks>
internal sealed class Meeting(string folder)
{
    private const string EndName = "end";

    private static readonly TimeSpan patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(50);

    /// <summary>The first machine begins an epoch.</summary>
    internal void Begin(int epoch, long end) => Write($"epoch-{epoch}", end.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first machine has no more epochs.</summary>
    internal void End() => Write(EndName, "");

    /// <summary>What the second machine did in an epoch.</summary>
    internal IReadOnlyList<ExecutedCommand> Receive(int epoch) =>
        JsonSerializer.Deserialize<List<ExecutedCommand>>(Await($"epoch-{epoch}.commands"))!;

    /// <summary>The second machine waits for an epoch: the moment of its end; null if there is none.</summary>
    internal long? Join(int epoch) =>
        Await($"epoch-{epoch}", EndName) is { Length: > 0 } end ? long.Parse(end, CultureInfo.InvariantCulture) : null;

    /// <summary>The second machine says what it did.</summary>
    internal void Send(int epoch, IReadOnlyList<ExecutedCommand> commands) =>
        Write($"epoch-{epoch}.commands", JsonSerializer.Serialize(commands));

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path);
    }

    private string Await(params string[] names)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < patience; Thread.Sleep(look))
        {
            if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path)
            {
                return File.ReadAllText(path);
            }
        }
        throw new MisbehaviourException($"the other machine did not come to {names[0]}");
    }
}
