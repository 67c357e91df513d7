using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Tests;

public sealed class A_line_of_progress
{
    private const long Mebibyte = 1 << 20;
    private const int Columns = 79;

    private readonly StoppedClock clock = new();

    [Fact]
    public void shows_bytes_rate_and_remaining_time()
    {
        var line = Line("rustc");

        line.Downloaded(0, 100 * Mebibyte);
        clock.Advance(2);
        line.Downloaded(20 * Mebibyte, 100 * Mebibyte);

        Assert.Equal(
            "downloading rustc [====>                ]    20.0/100.0 MiB  10.0 MiB/s    0:08", line.Format(Columns, "rustc".Length));
    }

    [Theory]
    [InlineData(19)]
    [InlineData(39)]
    [InlineData(59)]
    [InlineData(79)]
    [InlineData(199)]
    public void fits(int width)
    {
        var line = Line("rust-std for target wasm32-unknown-unknown");
        line.Downloaded(0, 100 * Mebibyte);
        clock.Advance(1);
        line.Downloaded(10 * Mebibyte, 100 * Mebibyte);

        Assert.InRange(line.Format(width, line.Component.Length).Length, width / 2, width);
    }

    [Fact]
    public void shortens_a_long_name_in_its_middle()
    {
        var line = Line("rust-std for target wasm32-unknown-unknown");
        line.Downloaded(0, Mebibyte);

        var text = line.Format(Columns, line.Component.Length);

        Assert.Contains("rust-std for", text, StringComparison.Ordinal);
        Assert.Contains("unknown ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void does_not_count_what_was_there_before_as_speed()
    {
        var line = Line("rustc");

        line.Downloaded(90 * Mebibyte, 100 * Mebibyte);
        clock.Advance(1);
        line.Downloaded(91 * Mebibyte, 100 * Mebibyte);

        Assert.EndsWith("91.0/100.0 MiB   1.0 MiB/s    0:09", line.Format(Columns, 5), StringComparison.Ordinal);
    }

    [Fact]
    public void follows_the_link_and_not_its_history()
    {
        var line = Line("rustc");
        for (var second = 0; second <= 20; second++)
        {
            // Ten a second at first, one a second at last.
            clock.Advance(1);
            line.Downloaded((second <= 10 ? second * 10 : 90 + second) * Mebibyte, 200 * Mebibyte);
        }

        Assert.Contains(" 1.0 MiB/s", Format(line), StringComparison.Ordinal);
    }

    [Fact]
    public void slows_down_when_nothing_comes()
    {
        var line = Line("rustc");
        line.Downloaded(0, 100 * Mebibyte);
        clock.Advance(1);
        line.Downloaded(10 * Mebibyte, 100 * Mebibyte);

        clock.Advance(9);

        Assert.EndsWith(" 1.0 MiB/s    1:30", Format(line), StringComparison.Ordinal);
    }

    [Fact]
    public void never_says_that_a_minute_is_none()
    {
        var line = new ProgressLine("rustc", clock);
        line.Downloaded(0, 605);
        clock.Advance(1);

        line.Downloaded(10, 605);

        // 59.5 seconds.
        Assert.EndsWith(" 1:00", line.Format(Columns, 5), StringComparison.Ordinal);
    }

    [Fact]
    public void without_a_total_has_no_remaining_time()
    {
        var line = Line("rustc");
        line.Downloaded(0, totalBytes: null);
        clock.Advance(1);
        line.Downloaded(10 * Mebibyte, totalBytes: null);

        Assert.EndsWith(" 10.0 MiB  10.0 MiB/s", Format(line), StringComparison.Ordinal);
    }

    [Fact]
    public void keeps_a_total_that_was_known_before()
    {
        var line = Line("rustc");
        line.Downloaded(10 * Mebibyte, 100 * Mebibyte);
        line.Downloaded(11 * Mebibyte, totalBytes: null);

        Assert.Contains("11.0/100.0 MiB", Format(line), StringComparison.Ordinal);
    }

    [Fact]
    public void that_begins_anew_has_the_speed_since_then()
    {
        var line = Line("rustc");
        line.Downloaded(90 * Mebibyte, 100 * Mebibyte);
        clock.Advance(1);
        line.Downloaded(0, 100 * Mebibyte);
        clock.Advance(1);
        line.Downloaded(5 * Mebibyte, 100 * Mebibyte);

        Assert.Contains(" 5.0 MiB/s", Format(line), StringComparison.Ordinal);
    }

    [Fact]
    public void is_about_unpacking_once_the_download_is_complete()
    {
        var line = Line("rustc");
        line.Downloaded(50, 100);
        line.Unpacked(40, 100);
        Assert.StartsWith("downloading", Format(line), StringComparison.Ordinal);

        line.Downloaded(100, 100);
        Assert.StartsWith("unpacking", Format(line), StringComparison.Ordinal);

        line.Complete();
        Assert.Matches("^done +rustc +100 B$", Format(line));
    }

    private ProgressLine Line(string component) => new(component, clock);

    private static string Format(ProgressLine line) => line.Format(Columns, line.Component.Length);

    /// <summary>Time that passes when a test says so.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        internal void Advance(double seconds) => ticks += TimeSpan.FromSeconds(seconds).Ticks;
    }
}
