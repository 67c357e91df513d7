using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_guess_at_a_mistyped_name
{
    [Theory]
    [InlineData("clipy", "clippy")]
    [InlineData("rust", "rustc")]
    [InlineData("cagro", "cargo")]
    [InlineData("nope", null)]
    [InlineData("rust-std-foo", null)]
    [InlineData("", null)]
    public void is_the_nearest_within_three_edits(string typed, string? guess) =>
        Assert.Equal(guess, Suggestion.Nearest(typed, ["cargo", "clippy", "rust-std", "rustc", "rustfmt"]));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("ca", "abc", 2)]
    [InlineData("kitten", "sitting", 3)]
    public void counts_a_swap_as_one_edit(string left, string right, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(left, right));
        Assert.Equal(distance, Suggestion.Distance(right, left));
    }
}
