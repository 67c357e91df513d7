using System.Text;
using ToolchainStore.Cli.Setup;

namespace ToolchainStore.Cli.Tests;

/// <summary>Adding a line and removing it: whatever the bytes are, they come back.</summary>
public sealed class Lines_of_a_profile
{
    private const string Line = ". \"$HOME/.cargo/env\"";

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("a")]
    [InlineData("a\n")]
    [InlineData("a\r\n")]
    [InlineData("a\r\nb")]
    [InlineData("\xff\xfe")]
    [InlineData("a\n\n\n")]
    public void are_added_and_removed_without_a_trace(string text)
    {
        var content = Encoding.Latin1.GetBytes(text);

        var added = ProfileLines.Append(content, Line);

        Assert.True(ProfileLines.Mentions(added, Line));
        Assert.EndsWith($"\n{Line}\n", "\n" + Encoding.Latin1.GetString(added), StringComparison.Ordinal);
        Assert.Equal(content, ProfileLines.LacksLineBreak(content)
            ? ProfileLines.RemoveWithLineBreak(added, Line)
            : ProfileLines.Remove(added, Line));
    }

    [Theory]
    [InlineData("a\n. \"$HOME/.cargo/env\"\nb\n", "a\nb\n")]
    [InlineData(". \"$HOME/.cargo/env\"\n. \"$HOME/.cargo/env\"", "")]
    [InlineData("# . \"$HOME/.cargo/env\"\n", "# . \"$HOME/.cargo/env\"\n")]
    [InlineData("  . \"$HOME/.cargo/env\"\n. \"$HOME/.cargo/env\" # mine\n", "  . \"$HOME/.cargo/env\"\n. \"$HOME/.cargo/env\" # mine\n")]
    public void are_removed_only_where_they_are_a_line_of_their_own(string text, string expected) => Assert.Equal(
        expected, Encoding.Latin1.GetString(ProfileLines.Remove(Encoding.Latin1.GetBytes(text), Line)));

    [Fact]
    public void below_which_somebody_wrote_keep_the_line_break_before_them() => Assert.Equal(
        "a\nb\n", Encoding.Latin1.GetString(ProfileLines.RemoveWithLineBreak(Encoding.Latin1.GetBytes($"a\n{Line}\nb\n"), Line)));
}
