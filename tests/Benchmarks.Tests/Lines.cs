using ToolchainStore.Benchmarks.Measuring;
using ToolchainStore.Benchmarks.Rows;

namespace ToolchainStore.Tests.Benchmarks;

public sealed class A_measured_line
{
    private static readonly Goal Half = new Goal.Ratio(0.5);

    [Fact]
    public void below_its_goal_has_reached_it() =>
        Assert.Equal(Verdict.Reached, Measured(rustup: 10, ours: 4, pairs: 20, Half).Judge());

    [Fact]
    public void above_its_goal_has_missed_it() =>
        Assert.Equal(Verdict.Missed, Measured(rustup: 10, ours: 6, pairs: 20, Half).Judge());

    [Fact]
    public void of_few_pairs_is_judged_with_a_doubt()
    {
        Assert.Equal(Verdict.ProbablyReached, Measured(rustup: 10, ours: 4, pairs: 5, Half).Judge());
        Assert.Equal(Verdict.ProbablyMissed, Measured(rustup: 10, ours: 6, pairs: 5, Half).Judge());
    }

    [Fact]
    public void whose_interval_holds_the_goal_is_undecided()
    {
        var pair = new Pair();
        for (var turn = 0; turn < 20; turn++)
        {
            pair.Rustup.Add(10);
            pair.Ours.Add(turn % 2 == 0 ? 4 : 6);
        }

        Assert.Equal(Verdict.Undecided, new Line("line") { Pair = pair, Goal = Half }.Judge());
    }

    [Fact]
    public void whose_floor_is_above_its_goal_may_take_a_fifth_more_than_the_floor()
    {
        var floor = new Floor(7, "floor");

        Assert.Equal(
            Verdict.Reached, (Measured(rustup: 10, ours: 8.3, pairs: 20, Half) with { Floor = floor }).Judge());
        Assert.Equal(
            Verdict.Missed, (Measured(rustup: 10, ours: 8.5, pairs: 20, Half) with { Floor = floor }).Judge());
    }

    [Fact]
    public void that_goes_by_its_floor_is_not_judged_without_one()
    {
        var line = Measured(rustup: 10, ours: 4, pairs: 20, new Goal.AboveFloor(Seconds: 1));

        Assert.Equal(Verdict.None, line.Judge());
        Assert.Equal(Verdict.Reached, (line with { Floor = new Floor(3.5, "floor") }).Judge());
        Assert.Equal(Verdict.Missed, (line with { Floor = new Floor(2.5, "floor") }).Judge());
    }

    [Fact]
    public void that_was_not_measured_is_not_judged() =>
        Assert.Equal(Verdict.None, new Line("line") { Goal = Half, NotMeasured = "not yet" }.Judge());

    [Fact]
    public void that_breaks_a_condition_has_missed_its_goal()
    {
        var line = Measured(rustup: 10, ours: 4, pairs: 20, Half) with
        {
            Conditions = [Flat.Compare(among: 4, alone: 2, "toolchain", atMost: 1.15)],
        };

        Assert.Equal(Verdict.Missed, line.Judge());
    }

    private static Line Measured(double rustup, double ours, int pairs, Goal goal)
    {
        var pair = new Pair();
        for (var turn = 0; turn < pairs; turn++)
        {
            pair.Rustup.Add(rustup);
            pair.Ours.Add(ours);
        }
        return new Line("line") { Pair = pair, Goal = goal };
    }
}
