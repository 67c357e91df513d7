using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Tests.Benchmarks;

public sealed class A_repeated_pair
{
    private readonly List<Side> turns = [];
    private readonly Pair pair = new();

    [Fact]
    public void is_measured_in_turn_rustup_first()
    {
        Repeat((side, _) => side == Side.Rustup ? 2 : 1);

        Assert.Equal(0, turns.Count % 2);
        Assert.All(turns.Chunk(2), both => Assert.Equal([Side.Rustup, Side.Ours], both));
    }

    [Fact]
    public void is_not_repeated_once_its_ratio_is_known_well_enough()
    {
        Repeat((side, _) => side == Side.Rustup ? 2 : 1);

        Assert.Equal(6, pair.Count);
    }

    [Fact]
    public void is_repeated_as_long_as_its_ratio_is_uncertain()
    {
        // Ours takes as long as rustup or twice as long, until the noise ends.
        Repeat((side, turn) => side == Side.Ours && turn < 40 && turn % 2 == 0 ? 2 : 1);

        Assert.InRange(pair.Count, 41, 200);
    }

    private void Repeat(Func<Side, int, double> measure) =>
        new Pace(TimeSpan.FromMinutes(5), isQuick: false).Repeat(
            1,
            side =>
            {
                turns.Add(side);
                pair.Of(side).Add(measure(side, pair.Of(side).Values.Count));
            },
            pair);
}
