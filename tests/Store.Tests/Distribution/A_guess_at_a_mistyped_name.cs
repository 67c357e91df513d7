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

    [Theory]
    [InlineData("clippy-previw", "clippy-preview")]
    [InlineData("clipp", "clippy")]
    [InlineData("rust-sr", "rust-std")]
    public void of_a_component_knows_both_its_names_but_only_those_of_the_target(string typed, string guess)
    {
        var manifest = ChannelManifest.Parse(ManifestText.Small, "small");

        Assert.Equal(guess, manifest.Suggest(typed, ManifestText.Host, manifest.ComponentsOf(ManifestText.Host)));
    }

    [Fact]
    public void is_not_made_for_a_target_that_exists_but_is_not_shipped()
    {
        Assert.True(KnownTargets.Contain("aarch64-unknown-linux-musl"));
        Assert.False(KnownTargets.Contain("wasm32-unknown-unknwn"));
    }
}
