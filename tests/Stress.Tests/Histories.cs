using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress;

/// <summary>Histories as the stress program records them, written by hand.</summary>
public abstract class HistoryTest
{
    protected const string OwnDirectory = "/project";

    private readonly History history;
    private readonly List<Anomaly> misbehaviours = [];

    protected HistoryTest(HomeState? initial = null) => history = new History(
        initial ?? new HomeState(
            new Dictionary<string, Toolchain> { [Nightly.FullName] = new(1, Toolchain.Minimal) }, Nightly.FullName,
            new Dictionary<string, string>()),
        [Nightly, Stable], [OwnDirectory]);

    protected static Channel Nightly { get; } = new("nightly");

    protected static Channel Stable { get; } = new("stable");

    protected static string Version(int day) => $"rustc 1.{93 + day}.0-nightly (hash-n{day} 2026-01-0{day})";

    /// <summary>A command that ran from one moment to another; the server showed the given days meanwhile.</summary>
    protected void Ran(
        int start, int end, Request request, string output = "", string error = "", int exitCode = 0, int[]? days = null)
    {
        var command = Command(start, end, request, output, error, exitCode, wasKilled: false, days);
        try
        {
            request.Explain(command, history);
        }
        catch (MisbehaviourException misbehaviour)
        {
            misbehaviours.Add(new Anomaly(AnomalyKind.Misbehaviour, misbehaviour.Message));
        }
    }

    protected void WasKilled(int start, int end, Request request) =>
        request.Explain(Command(start, end, request, "", "", 137, wasKilled: true, days: null), history);

    /// <summary>What <c>rustup update nightly</c> prints.</summary>
    protected static string Summary(string banner, int day, int? before = null) =>
        $"\n  {Nightly.FullName} {banner} - {Version(day)}{(before is { } old ? $" (from {Version(old)})" : "")}\n\n";

    protected void ShouldBeLegal() => Assert.Empty(Check());

    protected void ShouldBe(AnomalyKind kind, string subject)
    {
        var anomaly = Assert.Single(Check());
        Assert.Equal(kind, anomaly.Kind);
        Assert.Contains(subject, anomaly.Text, StringComparison.Ordinal);
    }

    private IReadOnlyList<Anomaly> Check() => [.. misbehaviours, .. history.Check()];

    private static ExecutedCommand Command(
        int start, int end, Request request, string output, string error, int exitCode, bool wasKilled, int[]? days) => new()
        {
            Request = request,
            Worker = 1,
            Start = start,
            End = end,
            ExitCode = exitCode,
            Output = output,
            Error = error,
            WasKilled = wasKilled,
            Disturbance = "",
            ServerDays = days ?? [1],
        };
}

public sealed class A_legal_history : HistoryTest
{
    [Fact]
    public void is_an_addition_that_is_listed_afterwards()
    {
        Ran(1, 2, new AddComponent(Nightly, "clippy"));
        Ran(3, 4, new ListComponents(Nightly), "cargo\nclippy\nrust-std\nrustc\n");
        ShouldBeLegal();
    }

    [Fact]
    public void is_a_reader_that_overlaps_a_change_and_sees_either_state()
    {
        Ran(1, 10, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [2]);
        Ran(2, 3, new RunCompiler(Nightly), Version(1));
        Ran(4, 5, new RunCompiler(Nightly), Version(2));
        ShouldBeLegal();
    }

    [Fact]
    public void is_two_changes_at_once_that_both_count()
    {
        Ran(1, 9, new AddComponent(Nightly, "rust-src"));
        Ran(2, 8, new AddComponent(Nightly, "rustfmt"));
        Ran(10, 11, new ListComponents(Nightly), "cargo\nrust-src\nrust-std\nrustc\nrustfmt\n");
        ShouldBeLegal();
    }

    [Fact]
    public void is_two_removals_of_one_component_at_once_that_both_found_it()
    {
        Ran(1, 2, new AddComponent(Nightly, "rust-src"));
        Ran(3, 9, new RemoveComponent(Nightly, "rust-src"));
        Ran(4, 8, new RemoveComponent(Nightly, "rust-src"));
        ShouldBeLegal();
    }

    [Theory]
    [InlineData("cargo\nrust-std\nrustc\n"), InlineData("cargo\nrust-src\nrust-std\nrustc\n")]
    public void is_a_killed_change_whether_it_happened_or_not(string listed)
    {
        WasKilled(1, 2, new AddComponent(Nightly, "rust-src"));
        Ran(3, 4, new ListComponents(Nightly), listed);
        ShouldBeLegal();
    }

    [Fact]
    public void is_an_update_to_either_of_two_days_that_the_server_showed_meanwhile()
    {
        Ran(1, 2, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [2, 3]);
        Ran(3, 4, new UpdateOne(Nightly), Summary("updated", 3, before: 2), days: [3]);
        ShouldBeLegal();
    }

    [Fact]
    public void is_an_update_that_keeps_to_the_last_release_with_an_installed_component()
    {
        Ran(1, 2, new AddComponent(Nightly, "clippy"));
        Ran(3, 4, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [3]);
        ShouldBeLegal();
    }

    [Fact]
    public void is_a_failure_that_was_right_at_some_moment()
    {
        Ran(1, 9, new Uninstall(Nightly), error: $"info: toolchain {Nightly.FullName} uninstalled\n");
        Ran(2, 3, new RunCompiler(Nightly), error: $"error: toolchain '{Nightly.FullName}' is not installed\n", exitCode: 1);
        ShouldBeLegal();
    }

    [Fact]
    public void is_a_manifest_that_changed_between_two_requests()
    {
        Ran(1, 2, new UpdateOne(Nightly), error: "help: the server may be in the middle of an update\n", exitCode: 1, days: [1, 2]);
        ShouldBeLegal();
    }
}

public sealed class A_lost_update : HistoryTest
{
    [Fact]
    public void of_a_component_is_reported()
    {
        Ran(1, 9, new AddComponent(Nightly, "rust-src"));
        Ran(2, 8, new AddComponent(Nightly, "rustfmt"));
        Ran(10, 11, new ListComponents(Nightly), "cargo\nrust-std\nrustc\nrustfmt\n");
        ShouldBe(AnomalyKind.LostUpdate, "added rust-src");
    }

    [Fact]
    public void of_an_override_is_reported()
    {
        Ran(1, 2, new SetOverride(OwnDirectory, Nightly));
        Ran(3, 4, new ListOverrides(), "no overrides\n");
        ShouldBe(AnomalyKind.LostUpdate, $"set '{Nightly.FullName}'");
    }

    [Fact]
    public void of_the_default_is_reported()
    {
        Ran(1, 2, new SetDefault(null));
        Ran(3, 4, new ReadDefault(), $"{Nightly.FullName} (default)\n");
        ShouldBe(AnomalyKind.LostUpdate, "set ''");
    }

    [Fact]
    public void of_an_uninstallation_is_reported()
    {
        Ran(1, 2, new Uninstall(Nightly), error: $"info: toolchain {Nightly.FullName} uninstalled\n");
        Ran(3, 4, new RunCompiler(Nightly), Version(1));
        Ran(5, 6, new ListToolchains(), $"{Nightly.FullName}\n");
        ShouldBe(AnomalyKind.LostUpdate, "uninstalled it");
    }

    [Fact]
    public void is_found_also_where_another_follows()
    {
        for (var round = 0; round < 3; round++)
        {
            Ran(10 * round, 10 * round + 1, new SetOverride(OwnDirectory, Nightly));
            Ran(10 * round + 2, 10 * round + 3, new ListOverrides(), "no overrides\n");
        }
        ShouldBe(AnomalyKind.LostUpdate, $"set '{Nightly.FullName}'");
    }

    [Fact]
    public void that_a_later_change_hides_from_the_final_state_is_reported()
    {
        Ran(1, 2, new AddComponent(Nightly, "rust-src"));
        Ran(3, 4, new ListComponents(Nightly), "cargo\nrust-std\nrustc\n");
        Ran(5, 6, new RemoveComponent(Nightly, "cargo"));
        Ran(7, 8, new ListComponents(Nightly), "rust-std\nrustc\n");
        ShouldBe(AnomalyKind.LostUpdate, "added rust-src");
    }
}

public sealed class A_wrong_observation : HistoryTest
{
    [Fact]
    public void of_a_state_that_was_over_is_reported()
    {
        Ran(1, 2, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [2]);
        Ran(3, 4, new RunCompiler(Nightly), Version(1));
        Ran(5, 6, new RunCompiler(Nightly), Version(2));
        ShouldBe(AnomalyKind.WrongObservation, "ran the compiler of day 1");
    }

    [Fact]
    public void of_the_old_state_after_the_new_one_is_reported_although_the_change_still_ran()
    {
        Ran(1, 10, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [2]);
        Ran(2, 3, new RunCompiler(Nightly), Version(2));
        Ran(4, 5, new RunCompiler(Nightly), Version(1));
        ShouldBe(AnomalyKind.WrongObservation, "ran the compiler");
    }

    [Fact]
    public void of_half_a_state_is_reported()
    {
        Ran(1, 9, new Install(Stable, null), $"\n  {Stable.FullName} installed - rustc 1.91.0 (hash-s1 2026-01-01)\n\n");
        Ran(2, 3, new ListComponents(Stable), "cargo\nrustc\n");
        ShouldBe(AnomalyKind.WrongObservation, "listed cargo,rustc");
    }

    [Fact]
    public void of_what_a_killed_command_did_after_its_end_is_reported()
    {
        WasKilled(1, 2, new AddComponent(Nightly, "rust-src"));
        Ran(3, 4, new ListComponents(Nightly), "cargo\nrust-std\nrustc\n");
        Ran(5, 6, new ListComponents(Nightly), "cargo\nrust-src\nrust-std\nrustc\n");
        ShouldBe(AnomalyKind.WrongObservation, "listed");
    }

    [Fact]
    public void of_a_toolchain_that_was_never_missing_is_reported()
    {
        Ran(1, 2, new RunCompiler(Nightly), error: $"error: toolchain '{Nightly.FullName}' is not installed\n", exitCode: 1);
        ShouldBe(AnomalyKind.WrongObservation, "found it not installed");
    }
}

public sealed class A_wrong_outcome : HistoryTest
{
    [Fact]
    public void of_an_update_to_a_day_that_the_server_did_not_show_is_reported()
    {
        Ran(1, 2, new UpdateOne(Nightly), Summary("updated", 3, before: 1), days: [2]);
        ShouldBe(AnomalyKind.WrongObservation, "ran the compiler of day 3");
    }

    [Fact]
    public void of_an_update_that_moved_back_is_reported()
    {
        Ran(1, 2, new UpdateOne(Nightly), Summary("updated", 2, before: 1), days: [2]);
        Ran(3, 4, new UpdateOne(Nightly), Summary("updated", 1, before: 2), days: [1]);
        ShouldBe(AnomalyKind.Unexplained, "no order explains this history");
    }

    [Fact]
    public void of_tools_of_two_releases_in_one_build_is_reported()
    {
        Ran(1, 2, new Build(Nightly, TimeSpan.Zero), $"{Version(1)}\nrustdoc{Version(2)["rustc".Length..]}\n{Version(1)}\nhost: x\n");
        ShouldBe(AnomalyKind.Misbehaviour, "not of one release");
    }

    [Fact]
    public void of_an_unknown_failure_is_reported()
    {
        Ran(1, 2, new AddComponent(Nightly, "rust-src"), error: "error: database is locked\n", exitCode: 1);
        ShouldBe(AnomalyKind.Misbehaviour, "this failure is right in no state");
    }

    [Fact]
    public void of_a_server_that_changed_when_it_did_not_is_reported()
    {
        Ran(1, 2, new UpdateOne(Nightly), error: "help: the server may be in the middle of an update\n", exitCode: 1, days: [1]);
        ShouldBe(AnomalyKind.Misbehaviour, "this failure is right in no state");
    }
}

public sealed class A_long_history : HistoryTest
{
    [Fact]
    public void of_many_overlapping_commands_is_decided()
    {
        // Pairs at once on one object for a long time, with killed ones in between.
        for (var round = 0; round < 300; round++)
        {
            var start = round * 10;
            Ran(start, start + 8, new AddComponent(Nightly, "rust-src"));
            Ran(start + 1, start + 9, new RunCompiler(Nightly), Version(1));
            WasKilled(start + 2, start + 9, new AddComponent(Nightly, "rustfmt"));
            Ran(start + 3, start + 9, new RemoveComponent(Nightly, "rust-src"));
        }
        ShouldBeLegal();
    }
}
