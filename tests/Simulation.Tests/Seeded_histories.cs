using ToolchainStore.Tests.Simulation.Histories;
using ToolchainStore.Tests.Simulation.Machines;

namespace ToolchainStore.Tests.Simulation;

/// <summary>Interleaved processes, from seeds. `simulation histories` runs a hundred thousand.</summary>
public sealed class Seeded_histories
{
    private const int Count = 1500;

    [Fact]
    public void have_an_order_one_after_the_other_and_pass_every_crash_point()
    {
        var result = HistorySeries.Run(KeptSeeds.Read().Concat(Enumerable.Range(1, Count)));

        Assert.Empty(result.Failures.Select(failure => $"seed {failure.Seed}: {string.Join("; ", failure.Anomalies)}"));
        Assert.Empty(result.NeverPassed);
        Assert.True(result.Kills + result.PowerLosses > Count / 3);
        Assert.True(result.Interleavings.Count > Count * 0.9);
    }

    [Fact]
    public void are_the_same_for_the_same_seed()
    {
        using var template = History.BuildTemplate(ReleaseServers.Tiny());
        List<ActorThread> threads = [.. Enumerable.Range(0, 5).Select(_ => new ActorThread())];

        foreach (var seed in Enumerable.Range(1, 20))
        {
            var first = History.Run(seed, template, threads);
            var second = History.Run(seed, template, threads);
            Assert.Equal(first.Interleaving, second.Interleaving);
            Assert.Equal(first.Events, second.Events);
        }
        threads.ForEach(thread => thread.Dispose());
    }
}

public sealed class The_search_for_an_order
{
    private static int lastProcess;

    [Fact]
    public void accepts_what_overlaps_in_any_order() => Assert.True(HasOrder(
        Done(CommandKind.Install, 1, 10, "installed"),
        Done(CommandKind.Install, 2, 9, "unchanged"),
        Done(CommandKind.RunTool, 3, 4, "absent"),
        Done(CommandKind.RunTool, 11, 12, "1:")));

    [Fact]
    public void finds_a_lost_update() => Assert.False(HasOrder(
        Done(CommandKind.Install, 1, 2, "installed"),
        Done(CommandKind.AddComponent, 3, 8, "changed", "a"),
        Done(CommandKind.AddComponent, 4, 9, "changed", "b"),
        Done(CommandKind.ReadAll, 10, 11, "1:b")));

    [Fact]
    public void finds_a_stale_read() => Assert.False(HasOrder(
        Done(CommandKind.Install, 1, 2, "installed"),
        Done(CommandKind.RunTool, 3, 4, "absent")));

    [Fact]
    public void finds_a_name_that_came_back() => Assert.False(HasOrder(
        Done(CommandKind.Install, 1, 2, "installed"),
        Done(CommandKind.Uninstall, 3, 4, "removed"),
        Done(CommandKind.Update, 3, 6, "not installed"),
        Done(CommandKind.ReadAll, 7, 8, "1:")));

    [Fact]
    public void finds_two_that_did_what_only_one_can() => Assert.False(HasOrder(
        Done(CommandKind.Install, 1, 10, "installed"),
        Done(CommandKind.Install, 2, 9, "installed")));

    [Fact]
    public void lets_what_was_killed_have_happened_or_not()
    {
        Assert.True(HasOrder(Done(CommandKind.Install, 1, 2, null), Done(CommandKind.ReadAll, 3, 4, "1:")));
        Assert.True(HasOrder(Done(CommandKind.Install, 1, 2, null), Done(CommandKind.ReadAll, 3, 4, "absent")));
    }

    [Fact]
    public void does_not_let_what_was_killed_happen_later() => Assert.False(HasOrder(
        Done(CommandKind.Install, 1, 2, null),
        Done(CommandKind.RunTool, 3, 4, "absent"),
        Done(CommandKind.ReadAll, 5, 6, "1:")));

    [Fact]
    public void does_not_let_a_failure_have_an_effect() => Assert.False(HasOrder(
        Done(CommandKind.AddComponent, 1, 2, "not installed", "a"),
        Done(CommandKind.ReadAll, 3, 4, "1:a")));

    [Fact]
    public void finds_that_somebody_went_back_to_what_never_was()
    {
        Assert.False(HasOrder(
            Done(CommandKind.Install, 1, 2, "installed"),
            Done(CommandKind.RollBack, 3, 4, "day 1 again")));
        Assert.False(HasOrder(
            Done(CommandKind.Install, 1, 2, "installed"),
            Done(CommandKind.Undo, 3, 4, "absent"),
            Done(CommandKind.ReadAll, 5, 6, "1:")));
        Assert.False(HasOrder(
            Done(CommandKind.Install, 1, 2, "installed"),
            Done(CommandKind.AddComponent, 3, 4, "changed", "a"),
            Done(CommandKind.RollBack, 5, 6, "day 1 again"),
            Done(CommandKind.ReadAll, 7, 8, "1:a")));
    }

    [Fact]
    public void accepts_going_back_and_back_again() => Assert.True(HasOrder(
        Done(CommandKind.Install, 1, 2, "installed"),
        Done(CommandKind.AddComponent, 3, 4, "changed", "a"),
        Done(CommandKind.RollBack, 5, 6, "day 1 again"),
        Done(CommandKind.ReadAll, 7, 8, "1:"),
        Done(CommandKind.Undo, 9, 10, "day 1 again"),
        Done(CommandKind.ReadAll, 11, 12, "1:a"),
        Done(CommandKind.Uninstall, 13, 14, "removed"),
        Done(CommandKind.Undo, 15, 16, "day 1 again"),
        Done(CommandKind.ReadAll, 17, 18, "1:a")));

    private static bool HasOrder(params IReadOnlyList<Event> events) => OrderSearch.HasOrder(events, SequentialStore.Absent);

    private static Event Done(CommandKind kind, int began, int ended, string? report, string argument = "") =>
        new(Interlocked.Increment(ref lastProcess), new Command(kind, "stable", argument), began, ended, report, 1, 1);
}
