using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Tests.Benchmarks;

public sealed class A_measured_child
{
    [Fact]
    public void is_timed_and_its_output_kept()
    {
        var execution = ChildProcess.Run(Shell("echo said; echo complained >&2; exit 3"), CancellationToken.None);

        Assert.Equal(3, execution.ExitCode);
        Assert.Equal("said\ncomplained\n", execution.Output);
        Assert.InRange(execution.Elapsed, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void sees_only_the_environment_and_the_directory_that_it_is_given()
    {
        var command = new Command(
            "/usr/bin/env", ["sh", "-c", "pwd; env | grep -v -e PWD= -e _= -e SHLVL="],
            new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["GIVEN"] = "yes" }, "/");

        var lines = ChildProcess.Run(command, CancellationToken.None).Output.Trim().Split('\n');

        Assert.Equal(["/", "GIVEN=yes", "PATH=/usr/bin:/bin"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void that_fails_is_an_error_where_success_is_needed()
    {
        var error = Assert.Throws<BenchmarkException>(
            () => ChildProcess.RunToSuccess(Shell("echo why; exit 1"), CancellationToken.None));

        Assert.Contains("why", error.Message);
    }

    [Fact]
    public void is_killed_with_what_it_started_when_the_measurement_is_interrupted()
    {
        using var interruption = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.Throws<OperationCanceledException>(
            () => ChildProcess.Run(Shell("sleep 600; true"), interruption.Token));
    }

    [Fact]
    public void that_is_smaller_than_this_process_is_not_counted_with_its_memory()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();

        var execution = ChildProcess.Run(Shell("sleep 0.2"), CancellationToken.None, isMemoryWatched: true);

        Assert.InRange(execution.PeakBytes, 1, self.PeakWorkingSet64 / 4);
    }

    [Fact]
    public void that_is_larger_is_counted_as_the_kernel_counts_it()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var bytes = self.PeakWorkingSet64 * 2;

        var execution = ChildProcess.RunToSuccess(
            Shell($"head -c {bytes} /dev/zero | tail -c {bytes} | wc -c"), CancellationToken.None, isMemoryWatched: true);

        Assert.True(execution.PeakBytes >= bytes);
    }

    private static Command Shell(string script) => Command.Shell(script, "/");
}
