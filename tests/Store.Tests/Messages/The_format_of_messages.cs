using ToolchainStore.Messages;
using Xunit;

namespace ToolchainStore.Tests.Messages;

public sealed class The_format_of_messages
{
    private static readonly StoreException failure = new(
        StoreErrorKind.Usage, "outer", new StoreException(
            StoreErrorKind.Usage, "middle\nof two lines", new StoreException(StoreErrorKind.Usage, "inner")));

    [Theory]
    [InlineData("error", MessageLevel.Error)]
    [InlineData("WARN", MessageLevel.Warn)]
    [InlineData("off", MessageLevel.Off)]
    [InlineData("4", MessageLevel.Debug)]
    [InlineData("rustup", MessageLevel.Trace)]
    [InlineData("warn,rustup=debug", MessageLevel.Debug)]
    [InlineData("rustup::dist=debug,rustup=warn", MessageLevel.Debug)]
    [InlineData("rustupology=trace", MessageLevel.Off)]
    [InlineData("other=trace", MessageLevel.Off)]
    [InlineData("rustup=loud", MessageLevel.Info)]
    public void follows_directives(string directives, MessageLevel threshold) =>
        Assert.Equal(threshold, new MessageFormat(directives, listsCauses: false) { Threshold = MessageLevel.Trace }.Threshold);

    [Fact]
    public void leaves_out_what_is_below_the_threshold()
    {
        var format = new MessageFormat(directives: null, listsCauses: false) { Threshold = MessageLevel.Warn };

        Assert.Null(format.Format(MessageLevel.Info, "x"));
        Assert.Equal("\e[1m\e[33mwarn:\e[0m x\n", format.Format(MessageLevel.Warn, "x"));
    }

    [Fact]
    public void joins_an_error_and_its_causes() => Assert.Equal(
        "error: outer: middle\nof two lines: inner\n",
        TextStyle.Strip(new MessageFormat(directives: null, listsCauses: false).Format(failure)!));

    [Fact]
    public void tells_what_to_do_after_all_causes()
    {
        var told = new StoreException(
            StoreErrorKind.Corrupt, "outer\nhelp: first", new StoreException(StoreErrorKind.Corrupt, "inner\nhelp: second"));

        Assert.Equal(
            "error: outer: inner\nhelp: first\nhelp: second\n",
            TextStyle.Strip(new MessageFormat(directives: null, listsCauses: false).Format(told)!));
    }

    [Fact]
    public void lists_causes_one_below_the_other_when_asked() => Assert.Equal(
        "error: outer\n\nCaused by:\n    0: middle\n       of two lines\n    1: inner\n",
        TextStyle.Strip(new MessageFormat(directives: null, listsCauses: true).Format(failure)!));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\e[1m\e[92mUsage:\e[0m x", "Usage: x")]
    [InlineData("\e[2J\e[", "\e[2J\e[")]
    public void has_colours_that_can_be_taken_out(string text, string plain) => Assert.Equal(plain, TextStyle.Strip(text));
}
