using System.Globalization;

namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>
/// What one object of a store does when its commands come one after the other: the meaning that all interleavings must have.
/// A toolchain is <c>DAY:COMPONENTS</c>, a setting its value; or it is absent. Where the server moves on while a
/// command runs, each day it saw is as good as another. A toolchain's state remembers what it was before, newest first, since
/// people may go back to it; whether a collection was faster shows nowhere else.
/// </summary>
internal static class SequentialStore
{
    internal const string Absent = "absent";

    private const char Before = '<';

    /// <summary>The states after a command that reported this, or for a killed one after any report; none: it cannot have reported that.</summary>
    internal static IEnumerable<string> Apply(string past, Event happened)
    {
        var states = past.Split(Before);
        return happened.Command.Kind switch
        {
            CommandKind.RollBack => RollBack(states, happened),
            CommandKind.Undo => Undo(states, happened),
            _ => ApplyToCurrent(states[0], happened).Select(next => Push(states, next)),
        };
    }

    private static string Push(string[] states, string next) =>
        string.Join(Before, next == states[0] ? states : [next, .. states]);

    /// <summary>To anything that it was since it was installed, and is not now; or to nothing, because that was collected.</summary>
    private static IEnumerable<string> RollBack(string[] states, Event happened)
    {
        if (states[0] == Absent)
        {
            return Expect(happened, "not installed", string.Join(Before, states));
        }
        var earlier = states.TakeWhile(state => state != Absent).Skip(1).Where(state => state != states[0]).Distinct();
        return earlier.SelectMany(state => Expect(happened, Restored(state), Push(states, state)))
            .Concat(happened.Report is null or "refused" ? [string.Join(Before, states)] : []);
    }

    /// <summary>To what it was before the last move; or to nothing, because it has moved since, or that was collected.</summary>
    private static IEnumerable<string> Undo(string[] states, Event happened) =>
        // A move need not show: a toolchain may be made anew of the same components.
        states.Take(2).Distinct().SelectMany(state => Expect(happened, Restored(state), Push(states, state)))
            .Concat(happened.Report is null or "refused" ? [string.Join(Before, states)] : []);

    /// <summary>What is reported of a state that somebody went back to.</summary>
    private static string Restored(string state) => state == Absent ? Absent : RestoredDay(Parse(state).Day);

    internal static string RestoredDay(int day) => $"day {day.ToString(CultureInfo.InvariantCulture)} again";

    private static IEnumerable<string> ApplyToCurrent(string state, Event happened)
    {
        var command = happened.Command;
        switch (command.Kind)
        {
            case CommandKind.Install:
                return Follow(state, happened, mayCreate: true);
            case CommandKind.Update:
                return Follow(state, happened, mayCreate: false);
            case CommandKind.AddComponent:
                return Change(state, happened, add: true);
            case CommandKind.RemoveComponent:
                return Change(state, happened, add: false);
            case CommandKind.Uninstall or CommandKind.UnsetOverride:
                return Expect(happened, state == Absent ? "absent" : "removed", Absent);
            case CommandKind.SetDefault or CommandKind.SetOverride or CommandKind.Link:
                return Expect(happened, "set", command.Argument);
            case CommandKind.ReadDocumentation:
                // Whether it is unpacked shows nowhere.
                return [state];
            case CommandKind.Adopt:
                // Whose files it is made of shows nowhere.
                return [state];
            case CommandKind.RunTool or CommandKind.ReadAll:
                return Expect(happened, state, state);
            default:
                return [state];
        }
    }

    private static IEnumerable<string> Follow(string state, Event happened, bool mayCreate)
    {
        if (state == Absent)
        {
            if (!mayCreate)
            {
                foreach (var next in Expect(happened, "not installed", state))
                {
                    yield return next;
                }
                yield break;
            }
            for (var day = happened.FirstDay; day <= happened.LastDay; day++)
            {
                foreach (var next in Expect(happened, "installed", Format(ReleaseOn(happened, day), [])))
                {
                    yield return next;
                }
            }
            yield break;
        }
        var (installed, components) = Parse(state);
        for (var day = happened.FirstDay; day <= happened.LastDay; day++)
        {
            var release = ReleaseOn(happened, day);
            var outcome = release > installed ? "updated" : "unchanged";
            foreach (var next in Expect(happened, outcome, Format(Math.Max(release, installed), components)))
            {
                yield return next;
            }
        }
    }

    private static IEnumerable<string> Change(string state, Event happened, bool add)
    {
        if (state == Absent)
        {
            return Expect(happened, "not installed", state);
        }
        var (day, components) = Parse(state);
        var component = happened.Command.Argument;
        if (components.Contains(component) == add)
        {
            return Expect(happened, "same", state);
        }
        return Expect(happened, "changed", Format(day, add ? [.. components, component] : [.. components.Where(one => one != component)]));
    }

    private static IEnumerable<string> Expect(Event happened, string report, string next) =>
        happened.Report is null || happened.Report == report ? [next] : [];

    /// <summary>The release of a name on a day: nightly has one a day, the others stay.</summary>
    private static int ReleaseOn(Event happened, int day) =>
        happened.Command.Subject.StartsWith("nightly", StringComparison.Ordinal) ? day : 1;

    internal static string Format(int day, IEnumerable<string> components) =>
        $"{day.ToString(CultureInfo.InvariantCulture)}:{string.Join(',', components.Order(StringComparer.Ordinal))}";

    private static (int Day, string[] Components) Parse(string state)
    {
        var colon = state.IndexOf(':', StringComparison.Ordinal);
        return (int.Parse(state[..colon], CultureInfo.InvariantCulture),
            state[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries));
    }
}
