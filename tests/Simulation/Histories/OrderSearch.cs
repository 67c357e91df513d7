namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>
/// Whether a history is that of some one-after-the-other order, consistent with real time: what ended before another
/// began comes first. The search of Wing and Gong with the states remembered that led nowhere. Each object is looked at by itself:
/// a history is linearizable if it is so for each of its objects (Herlihy and Wing).
/// </summary>
internal static class OrderSearch
{
    /// <summary>The objects for which there is no order, with their events.</summary>
    internal static IEnumerable<string> FindUnordered(IEnumerable<Event> history, Func<string, string> initialStateOf)
    {
        foreach (var ofObject in history.Where(one => one.Command.Kind != CommandKind.Collect).GroupBy(one => one.Command.Subject))
        {
            List<Event> events = [.. ofObject.OrderBy(one => one.Began)];
            if (!HasOrder(events, initialStateOf(ofObject.Key)))
            {
                yield return $"no order explains '{ofObject.Key}', which was '{initialStateOf(ofObject.Key)}':\n  "
                    + string.Join("\n  ", events);
            }
        }
    }

    internal static bool HasOrder(IReadOnlyList<Event> events, string initialState) =>
        events.Count <= 64
            ? Search(events, done: 0, initialState, [])
            : throw new ArgumentException("a history of one object has at most 64 events");

    private static bool Search(IReadOnlyList<Event> events, ulong done, string state, HashSet<(ulong, string)> hopeless)
    {
        var earliestEnd = int.MaxValue;
        var isComplete = true;
        for (var index = 0; index < events.Count; index++)
        {
            if ((done & (1UL << index)) == 0)
            {
                // A killed command need not have happened, so nobody waits for it.
                isComplete &= events[index].Report is null;
                earliestEnd = events[index].Report is null ? earliestEnd : Math.Min(earliestEnd, events[index].Ended);
            }
        }
        if (isComplete)
        {
            return true;
        }
        if (!hopeless.Add((done, state)))
        {
            return false;
        }
        for (var index = 0; index < events.Count && events[index].Began <= earliestEnd; index++)
        {
            if ((done & (1UL << index)) != 0)
            {
                continue;
            }
            foreach (var next in SequentialStore.Apply(state, events[index]))
            {
                // What was killed took effect while it lived, or never: its end bounds it too.
                if (IsInTime(events, done, index) && Search(events, done | (1UL << index), next, hopeless))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Whether nothing that began after this command's end has happened before it.</summary>
    private static bool IsInTime(IReadOnlyList<Event> events, ulong done, int candidate)
    {
        for (var index = 0; index < events.Count; index++)
        {
            if ((done & (1UL << index)) != 0 && events[index].Began > events[candidate].Ended)
            {
                return false;
            }
        }
        return true;
    }
}
