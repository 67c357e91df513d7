using System.Runtime.ExceptionServices;

namespace ToolchainStore.Toolchains;

/// <summary>Work on several items at once.</summary>
internal static class ParallelWork
{
    /// <summary>Runs the work on as many threads as there are workers; the first failure stops what has not begun.</summary>
    internal static void Run<T>(IReadOnlyList<T> items, int workersMax, Action<T> work)
    {
        var next = -1;
        Exception? failure = null;
        var workers = Math.Min(workersMax, items.Count);
        if (workers == 1)
        {
            Work();
        }
        else
        {
            var threads = Enumerable.Range(0, workers).Select(_ => new Thread(Work)).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        void Work()
        {
            int index;
            while (Volatile.Read(ref failure) is null && (index = Interlocked.Increment(ref next)) < items.Count)
            {
                try
                {
                    work(items[index]);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref failure, exception, null);
                }
            }
        }
    }
}
