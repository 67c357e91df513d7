using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>Works in the epochs that the first machine begins, and tells it what was done.</summary>
internal sealed class SecondMachine(StressOptions options, string root, string rustupHome)
{
    internal void Run(Meeting meeting)
    {
        var scene = new Scene(StressRun.Channels, root, options.Processes * 2);
        var home = new Home(root, rustupHome, MovingMirror.UrlOf(root));
        var workers = Enumerable.Range(options.Processes + 1, options.Processes)
            .Select(number => new Worker(number, options.Seed, home, mirror: null, scene)).ToList();
        for (var epoch = 0; meeting.Join(epoch) is { } end; epoch++)
        {
            var results = new IReadOnlyList<ExecutedCommand>[workers.Count];
            var threads = workers.Select((worker, index) => new Thread(() => results[index] = worker.WorkUntil(end))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            home.WaitUntilQuiet();
            meeting.Send(epoch, [.. results.SelectMany(result => result)]);
        }
    }
}
