using System.Text;

namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>What is wrong with a history.</summary>
public enum AnomalyKind
{
    /// <summary>Without one acknowledged change everything else is explained: nobody saw it.</summary>
    LostUpdate,

    /// <summary>Without one observation everything else is explained: it saw a state that never was, or was over.</summary>
    WrongObservation,

    /// <summary>No single step is to blame.</summary>
    Unexplained,

    /// <summary>The search was given up.</summary>
    Undecided,

    /// <summary>A command did what no command may do in any state: a crash, a half release, an unknown error.</summary>
    Misbehaviour,

    /// <summary>The store is not as the journal says.</summary>
    BrokenInvariant,

    /// <summary>A file is left that nothing needs.</summary>
    LeakedFile,
}

public sealed record Anomaly(AnomalyKind Kind, string Text);

/// <summary>What happened to one object that commands change independently of all others, since its state was known.</summary>
public sealed class ObjectHistory<TState>(string name, TState initial)
{
    private readonly List<Step<TState>> steps = [];

    public string Name => name;

    public IReadOnlyList<Step<TState>> Steps => steps;

    public Step<TState> Add(Step<TState> step)
    {
        steps.Add(step);
        return step;
    }

    /// <summary>Null if the commands can have been carried out one after the other.</summary>
    public Anomaly? Check()
    {
        try
        {
            return IsExplained(steps) ? null : Diagnose(FindShortestUnexplained());
        }
        catch (UndecidedException undecided)
        {
            return new Anomaly(AnomalyKind.Undecided, $"{name}: {undecided.Message}");
        }
    }

    private bool IsExplained(IEnumerable<Step<TState>> history) => Serialization.Find(history, initial).IsComplete;

    /// <summary>What was known at the first moment when it could not be explained: after that one error leads to others.</summary>
    private List<Step<TState>> FindShortestUnexplained()
    {
        var moments = steps.Where(step => !step.IsOptional).Select(step => step.End).Distinct().Order().ToList();
        var (explained, unexplained) = (-1, moments.Count - 1);
        while (unexplained - explained > 1)
        {
            var middle = (explained + unexplained) / 2;
            if (IsExplained(KnownAt(moments[middle])))
            {
                explained = middle;
            }
            else
            {
                unexplained = middle;
            }
        }
        return KnownAt(moments[unexplained]);
    }

    /// <summary>The history at a moment: what is still running then may have had its effect or not.</summary>
    private List<Step<TState>> KnownAt(long moment) => Copy(
        steps.Where(step => step.Start <= moment), step => step.IsOptional || step.End > moment);

    private Anomaly Diagnose(List<Step<TState>> history)
    {
        var (kind, summary) = FindCulprit(history, step => step.IsChange) is { } lost
            ? (AnomalyKind.LostUpdate, $"nobody saw the effect of: {lost.Text}")
            : FindCulprit(history, step => !step.IsChange) is { } wrong
            ? (AnomalyKind.WrongObservation, $"no order explains: {wrong.Text}")
            : (AnomalyKind.Unexplained, "no order explains this history");
        return new Anomaly(kind, Describe(history, summary));
    }

    /// <summary>A step without which the rest is explained.</summary>
    private Step<TState>? FindCulprit(List<Step<TState>> history, Func<Step<TState>, bool> isSuspect) => history
        .Where(step => isSuspect(step) && !step.IsOptional)
        .FirstOrDefault(suspect => IsExplained(Copy(history.Where(step => step != suspect), step => step.IsOptional)));

    /// <summary>The same steps, each after those of its command that are still there.</summary>
    private static List<Step<TState>> Copy(IEnumerable<Step<TState>> history, Func<Step<TState>, bool> isOptional)
    {
        var copies = new Dictionary<Step<TState>, Step<TState>>(ReferenceEqualityComparer.Instance);
        foreach (var step in history)
        {
            var before = step.After;
            while (before is not null && !copies.ContainsKey(before))
            {
                before = before.After;
            }
            copies[step] = new Step<TState>
            {
                Text = step.Text,
                Start = step.Start,
                End = step.End,
                Apply = step.Apply,
                IsOptional = isOptional(step),
                IsChange = step.IsChange,
                After = before is null ? null : copies[before],
            };
        }
        return [.. copies.Values];
    }

    private string Describe(List<Step<TState>> history, string summary)
    {
        var found = Serialization.Find(history, initial);
        var text = new StringBuilder($"{name}: {summary}\n  from the state {Show(initial)}\n");
        var explained = found.Order.ToHashSet(ReferenceEqualityComparer.Instance);
        text.AppendLine($"  the longest explanation, of {found.Order.Count} among {history.Count} steps, ends in {Show(found.State)}:");
        foreach (var step in found.Order)
        {
            text.AppendLine($"    {Line(step)}");
        }
        text.AppendLine("  and these do not follow:");
        foreach (var step in history.Where(step => !explained.Contains(step)).OrderBy(step => step.Start))
        {
            text.AppendLine($"    {Line(step)}");
        }
        return text.ToString();
    }

    private static string Line(Step<TState> step) =>
        $"{Clock.Format(step.Start)} - {Clock.Format(step.End)} {(step.IsOptional ? "(maybe) " : "")}{step.Text}";

    private static string Show(TState? state) => state?.ToString() ?? "(none)";
}
