using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Tests.Benchmarks;

public sealed class An_interval_of_a_ratio
{
    [Fact]
    public void needs_six_pairs()
    {
        Assert.Null(Noisy(pairs: 5).FindInterval());
        Assert.NotNull(Noisy(pairs: 6).FindInterval());
    }

    [Fact]
    public void holds_the_ratio_and_narrows_with_more_pairs()
    {
        var few = Noisy(pairs: 10).FindInterval()!.Value;
        var many = Noisy(pairs: 1000).FindInterval()!.Value;

        Assert.InRange(0.5, few.From, few.To);
        Assert.InRange(0.5, many.From, many.To);
        Assert.True(many.To - many.From < (few.To - few.From) / 3);
    }

    [Fact]
    public void is_not_widened_by_a_few_disturbed_pairs()
    {
        var pair = Noisy(pairs: 1000);
        for (var disturbed = 0; disturbed < 20; disturbed++)
        {
            pair.Rustup.Add(1000);
            pair.Ours.Add(1);
        }

        Assert.True(pair.FindInterval()!.Value.IsWithin(0.05, 0.5));
    }

    /// <summary>Ours takes half of what rustup takes, each with a noise of a tenth.</summary>
    private static Pair Noisy(int pairs)
    {
        var random = new Random(1);
        var pair = new Pair();
        for (var turn = 0; turn < pairs; turn++)
        {
            pair.Rustup.Add(10 + random.NextDouble() - 0.5);
            pair.Ours.Add(5 + ((random.NextDouble() - 0.5) / 2));
        }
        return pair;
    }
}
