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
            var serialization = Serialization.Find(steps, initial);
            return serialization.IsComplete ? null : Diagnose(serialization);
        }
        catch (UndecidedException undecided)
        {
            return new Anomaly(AnomalyKind.Undecided, $"{name}: {undecided.Message}");
        }
    }

    private Anomaly Diagnose(Serialization<TState> found)
    {
        if (FindCulprit(step => step.IsChange) is { } lost)
        {
            return new Anomaly(AnomalyKind.LostUpdate, Describe(found, $"nobody saw the effect of: {lost.Text}"));
        }
        return FindCulprit(step => !step.IsChange) is { } wrong
            ? new Anomaly(AnomalyKind.WrongObservation, Describe(found, $"no order explains: {wrong.Text}"))
            : new Anomaly(AnomalyKind.Unexplained, Describe(found, "no order explains this history"));
    }

    /// <summary>A step without which the rest is explained.</summary>
    private Step<TState>? FindCulprit(Func<Step<TState>, bool> isSuspect) => steps
        .Where(step => isSuspect(step) && !step.IsOptional)
        .FirstOrDefault(suspect => Serialization.Find(Without(suspect), initial).IsComplete);

    private IEnumerable<Step<TState>> Without(Step<TState> omitted)
    {
        var copies = new Dictionary<Step<TState>, Step<TState>>(ReferenceEqualityComparer.Instance);
        foreach (var step in steps.Where(step => step != omitted))
        {
            var before = step.After == omitted ? omitted.After : step.After;
            copies[step] = new Step<TState>
            {
                Text = step.Text,
                Start = step.Start,
                End = step.End,
                Apply = step.Apply,
                IsOptional = step.IsOptional,
                IsChange = step.IsChange,
                After = before is null ? null : copies[before],
            };
        }
        return copies.Values;
    }

    private string Describe(Serialization<TState> found, string summary)
    {
        var text = new StringBuilder($"{name}: {summary}\n  from the state {Show(initial)}\n");
        var explained = found.Order.ToHashSet(ReferenceEqualityComparer.Instance);
        text.AppendLine($"  the longest explanation, of {found.Order.Count} among {steps.Count} steps, ends in {Show(found.State)}:");
        foreach (var step in found.Order)
        {
            text.AppendLine($"    {Line(step)}");
        }
        text.AppendLine("  and these do not follow:");
        foreach (var step in steps.Where(step => !explained.Contains(step)).OrderBy(step => step.Start))
        {
            text.AppendLine($"    {Line(step)}");
        }
        return text.ToString();
    }

    private static string Line(Step<TState> step) =>
        $"{Clock.Format(step.Start)} - {Clock.Format(step.End)} {(step.IsOptional ? "(maybe) " : "")}{step.Text}";

    private static string Show(TState? state) => state?.ToString() ?? "(none)";
}
