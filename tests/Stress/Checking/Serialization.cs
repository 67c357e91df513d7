namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>
/// The longest order of steps that explains what they reported; complete if it has all that must have happened.
/// </summary>
public sealed record Serialization<TState>(IReadOnlyList<Step<TState>> Order, TState State, bool IsComplete);

/// <summary>
/// Looks for an order of a history's steps, one after the other, that explains everything they reported (Wing and Gong's
/// search, with Lowe's memory of what was tried).
/// </summary>
/// <remarks>
/// A step that ended before another started comes before it; what overlaps may come in any order; a step of a killed
/// command may be left out. The same steps done, in whatever order, and the same state need to be looked at once only.
/// </remarks>
public static class Serialization
{
    public static Serialization<TState> Find<TState>(IEnumerable<Step<TState>> history, TState initial) =>
        new SerializationSearch<TState>(history).Run(initial);
}

/// <summary>A history has too many possible orders to look at all of them.</summary>
public sealed class UndecidedException(string message) : Exception(message);

internal sealed class SerializationSearch<TState>
{
    /// <summary>So many different situations mean that a history is too long to be decided, not that it is wrong.</summary>
    private const int SituationsMax = 4_000_000;

    private readonly List<Step<TState>> steps;
    private readonly Dictionary<Step<TState>, int> positions = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(StepSet Done, TState State)> tried = [];
    private readonly List<Step<TState>> order = [];
    private Serialization<TState>? longest;

    internal SerializationSearch(IEnumerable<Step<TState>> history)
    {
        steps = [.. history.OrderBy(step => step.Start)];
        for (var position = 0; position < steps.Count; position++)
        {
            positions[steps[position]] = position;
        }
    }

    internal Serialization<TState> Run(TState initial)
    {
        var isComplete = Explain(new StepSet(steps.Count), initial);
        return longest! with { IsComplete = isComplete };
    }

    private bool Explain(StepSet done, TState state)
    {
        var candidates = ListNext(done);
        if (candidates is null || longest is null || order.Count > longest.Order.Count)
        {
            longest = new Serialization<TState>([.. order], state, IsComplete: false);
        }
        if (candidates is null)
        {
            return true;
        }
        foreach (var position in candidates)
        {
            var step = steps[position];
            var afterwards = Complete(done, position);
            foreach (var next in step.Apply(state))
            {
                if (!tried.Add((afterwards, next)))
                {
                    continue;
                }
                if (tried.Count > SituationsMax)
                {
                    throw new UndecidedException($"more than {SituationsMax} situations for {steps.Count} steps");
                }
                order.Add(step);
                if (Explain(afterwards, next))
                {
                    return true;
                }
                order.RemoveAt(order.Count - 1);
            }
        }
        return false;
    }

    /// <summary>The steps that can come next: nothing that must have happened ended before they started. Null at the end.</summary>
    private List<int>? ListNext(StepSet done)
    {
        var next = new List<int>();
        var deadline = long.MaxValue;
        for (var position = 0; position < steps.Count && steps[position].Start <= deadline; position++)
        {
            if (done.Contains(position))
            {
                continue;
            }
            var step = steps[position];
            if (step.After is not { IsOptional: false } before || done.Contains(positions[before]))
            {
                next.Add(position);
            }
            if (!step.IsOptional)
            {
                deadline = Math.Min(deadline, step.End);
            }
        }
        return deadline == long.MaxValue ? null : next;
    }

    /// <summary>What is settled once a step happened: also every optional step that has missed its time by then.</summary>
    private StepSet Complete(StepSet done, int position)
    {
        var afterwards = done.With(position);
        var step = steps[position];
        if (step.After is { IsOptional: true } before)
        {
            afterwards = afterwards.With(positions[before]);
        }
        for (var other = 0; other < steps.Count && steps[other].Start <= step.Start; other++)
        {
            if (steps[other].IsOptional && steps[other].End < step.Start && !afterwards.Contains(other))
            {
                afterwards = afterwards.With(other);
            }
        }
        return afterwards;
    }
}
