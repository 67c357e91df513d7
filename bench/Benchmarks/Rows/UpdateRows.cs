using System.Diagnostics;
using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>Changes of what is installed, and commands that find that nothing changed.</summary>
internal sealed class UpdateRows(Workbench workbench)
{
    private const string SmallComponent = "rustfmt";
    private const double UpdateGoal = 0.3;
    private const double ComponentGoal = 0.5;
    private const double SameContentGoal = 0.02;
    private const double UninstallGoal = 0.05;
    private const double NoChangeGoal = 0.5;
    private const int FloorTimes = 5;
    private const int RequestTimes = 100;

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "update",
            "Update where one component changed",
            "`rustup update stable --no-self-update` of a default-profile toolchain, where the server has a release of the next day "
            + $"that differs in one file of {SmallComponent}; each pair gets a day of its own. Everything is written out before. Floor: "
            + "unpacking that component (`gzip -dc | tar x`).",
            4,
            MeasureUpdate),
        new Row(
            "component",
            "Adding and removing a small component",
            $"`rustup component remove {SmallComponent}` and then `add {SmallComponent}`, of a default-profile toolchain. Between "
            + "the two ours is told to forget earlier generations (`rustup store gc --keep-generations 0`), so that both "
            + "download it again.",
            3,
            MeasureComponent),
        new Row(
            "same-content",
            "The same content under another name",
            "`rustup toolchain install` of the version that stable is, default profile, where stable is there; it is "
            + "uninstalled before the next.",
            5,
            MeasureSameContent),
        new Row(
            "uninstall",
            "Uninstalling until the prompt is back",
            "`rustup toolchain uninstall stable` of a default-profile toolchain in a copy of a home. Ours gives the "
            + "space back after it has returned; the line below it waits for that.",
            4,
            MeasureUninstall),
        new Row(
            "no-change",
            "update, install and check where nothing changed",
            "`rustup update`, `toolchain install stable` and `check`, each with `--no-self-update`, with an up-to-date "
            + "stable. Floor: one request for the channel's digest on a connection of its own.",
            2,
            MeasureNoChange),
    ];

    private IReadOnlyList<Line> MeasureUpdate(Pace pace)
    {
        var folder = workbench.MakeFolder("following-days");
        var days = new FollowingDays(workbench.Mirror, workbench.MirrorDirectory, folder, workbench.Cancellation);
        using var server = workbench.Serve(folder);
        var homes = Both<Home>.Make(side => workbench.TakeCopy(side).Using(server.Url));
        var pair = new Pair();
        pace.Repeat(
            0.9,
            side =>
            {
                if (side == Side.Rustup)
                {
                    days.Advance();
                }
                var home = homes.Of(side);
                var update = Time(home, home.Rustup("update", Workbench.Stable, "--no-self-update"));
                pair.Of(side).Add(update.Elapsed);
                if (!update.Output.Contains(" updated ", StringComparison.Ordinal))
                {
                    throw new BenchmarkException($"an update that was to happen did not: {update.Output}");
                }
                home.WaitUntilQuiet();
            },
            pair);
        workbench.KeepAsSpare(homes.Rustup);
        workbench.KeepAsSpare(homes.Ours);

        var unpacked = workbench.MakeFolder("unpacked-component");
        var archive = workbench.Mirror.FindArchive(FollowingDays.ChangedPackage, "gz");
        var floor = pace.RepeatFloor(
            FloorTimes, () => workbench.TimeScript($"gzip -dc '{archive}' | tar x", unpacked));
        return
        [
            new Line("update where one component changed")
            {
                Pair = pair,
                Goal = new Goal.Ratio(UpdateGoal),
                Floor = new Floor(floor.Median, "unpacking that component"),
            },
        ];
    }

    private IReadOnlyList<Line> MeasureComponent(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var added = new Pair();
        var removed = new Pair();
        pace.Repeat(
            1,
            side =>
            {
                var home = homes.Of(side);
                removed.Of(side).Add(Time(home, home.Rustup("component", "remove", SmallComponent)).Elapsed);
                ForgetEarlierGenerations(home);
                added.Of(side).Add(Time(home, home.Rustup("component", "add", SmallComponent)).Elapsed);
                ForgetEarlierGenerations(home);
            },
            added,
            removed);
        return
        [
            new Line("`component add` of a small component") { Pair = added, Goal = new Goal.Ratio(ComponentGoal) },
            new Line("`component remove` of it") { Pair = removed, Goal = new Goal.Ratio(ComponentGoal) },
        ];
    }

    private IReadOnlyList<Line> MeasureSameContent(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var name = workbench.Mirror.Version;
        var pair = new Pair();
        pace.Repeat(
            1,
            side =>
            {
                var home = homes.Of(side);
                var install = home.Rustup("toolchain", "install", name, "--profile", "default", "--no-self-update");
                pair.Of(side).Add(Time(home, install).Elapsed);
                home.Run(home.Rustup("toolchain", "uninstall", name));
                home.WaitUntilQuiet();
            },
            pair);
        return [new Line("same content under another name") { Pair = pair, Goal = new Goal.Ratio(SameContentGoal) }];
    }

    private IReadOnlyList<Line> MeasureUninstall(Pace pace)
    {
        var untilPrompt = new Pair();
        var untilFree = new Pair();
        pace.Repeat(
            1,
            side =>
            {
                var home = workbench.TakeCopy(side);
                // A copy has other times and inodes; whatever follows from that is over with the first command.
                home.Run(home.Rustup("default", Workbench.Stable));
                var uninstalled = Time(home, home.Rustup("toolchain", "uninstall", Workbench.Stable)).Elapsed;
                var returnedAt = Stopwatch.GetTimestamp();
                home.WaitUntilQuiet();
                untilPrompt.Of(side).Add(uninstalled);
                untilFree.Of(side).Add(uninstalled + Stopwatch.GetElapsedTime(returnedAt));
                home.Delete();
            },
            untilPrompt);
        return
        [
            new Line("`uninstall` until the prompt is back") { Pair = untilPrompt, Goal = new Goal.Ratio(UninstallGoal) },
            new Line("… until the space is free") { Pair = untilFree },
        ];
    }

    private IReadOnlyList<Line> MeasureNoChange(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        IReadOnlyList<(string What, IReadOnlyList<string> Arguments, Pair Pair)> commands =
        [
            ("update", ["update", "--no-self-update"], new Pair()),
            ("toolchain install", ["toolchain", "install", Workbench.Stable, "--no-self-update"], new Pair()),
            ("check", ["check", "--no-self-update"], new Pair()),
        ];
        pace.Repeat(
            0.95,
            side =>
            {
                var home = homes.Of(side);
                foreach (var (_, arguments, pair) in commands)
                {
                    pair.Of(side).Add(home.Run(home.Rustup(arguments)).Elapsed);
                }
            },
            [.. commands.Select(command => command.Pair)]);
        var floor = new Floor(pace.RepeatFloor(RequestTimes, TimeRequest).Median, "one request");
        return
        [
            .. commands.Select(command => new Line($"no-op `rustup {command.What}`")
            {
                Pair = command.Pair,
                Goal = new Goal.Ratio(NoChangeGoal),
                Floor = floor,
            }),
        ];
    }

    private double TimeRequest()
    {
        using var client = new HttpClient();
        var url = new Uri($"{workbench.Server}/dist/channel-rust-{Workbench.Stable}.toml.sha256");
        var startedAt = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var answer = client.Send(request, workbench.Cancellation);
        _ = answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }

    private static Execution Time(Home home, Command command)
    {
        // What came before is not this one's to wait for.
        Native.Sync();
        return home.Run(command);
    }

    private static void ForgetEarlierGenerations(Home home)
    {
        if (home.Side == Side.Ours)
        {
            home.Run(home.Rustup("store", "gc", "--keep-generations", "0", "--older-than", "0m"));
        }
    }
}
