using System.Diagnostics;
using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>Installations of stable into fresh homes.</summary>
internal sealed class InstallRows(Workbench workbench)
{
    private const string Fresh =
        "`rustup toolchain install stable --no-self-update` into homes in which only rustup itself is, from a server on "
        + "loopback; everything is written out (`sync`) before the clock starts. Ours ends with a `syncfs`, rustup leaves "
        + "that to the kernel; the line below it adds a `syncfs` after rustup, and nothing after ours.";

    private const string UnpackFloor =
        " Floor: the same archives through `gzip -dc | tar x` or `xz -dc | tar x` into an empty directory, two at a time, "
        + "the largest first.";

    private const double DefaultGoal = 0.5;
    private const double DefaultXzGoal = 0.7;
    private const double DefaultInMemoryGoal = 0.35;
    private const double MinimalGoal = 0.25;
    private const double LimitedGoal = 1.05;
    private const double MemoryGoal = 0.45;
    private const double MemoryBytesGoal = 200e6;
    private const double BackgroundDocumentationGoal = 1.3;
    private const double LinkBytesPerSecond = 10e6;
    private const int FloorTimes = 3;

    // What a look at the time and what the floors need are not to eat.
    private const double ShareOfInstalls = 0.8;

    private readonly Dictionary<string, Floor> unpackingFloors = [];
    private Measurement? ofDefault;

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "install-default",
            "Fresh installation, default profile",
            $"{Fresh} rustup takes xz, ours is free to choose.{UnpackFloor}",
            8,
            MeasureDefault),
        new Row(
            "install-memory",
            "Peak memory of an installation",
            "The largest resident set of the processes of `install-default`, as the kernel reports it to `wait4`. Where that is no "
            + "more than what the measuring program itself uses, which the kernel counts as its children's, it is the "
            + "`VmHWM` of the process, read every 20 ms. The server is a process of its own and not in it.",
            1,
            MeasureMemory),
        new Row(
            "install-default-xz",
            "Fresh installation, default profile, both from xz",
            $"{Fresh} RUSTUP_STORE_ARCHIVE=xz.{UnpackFloor}",
            8,
            MeasureDefaultFromXz),
        new Row(
            "install-default-tmpfs",
            "Fresh installation, default profile, on tmpfs",
            $"As `install-default`, with the homes in /dev/shm.{UnpackFloor}",
            6,
            MeasureDefaultInMemory),
        new Row(
            "install-minimal",
            "Fresh installation, minimal profile",
            $"{Fresh}{UnpackFloor}",
            4,
            MeasureMinimal),
        new Row(
            "install-minimal-limited",
            "Fresh installation, minimal profile, link of 10 MB/s",
            "As `install-minimal`, through a relay that passes 10 MB/s, all connections together. Floor: the xz archives at "
            + "that rate.",
            6,
            MeasureMinimalLimited),
        new Row(
            "install-docs-background",
            "Default profile with documentation in the background",
            "Ours after `rustup set docs background`, default profile, until the prompt is back, beside ours with the "
            + "minimal profile; rustup has no such setting. What is left to do ends before the next one starts.",
            3,
            MeasureBackgroundDocumentation),
    ];

    private IReadOnlyList<Line> MeasureDefault(Pace pace)
    {
        var measured = OfDefault(pace);
        return
        [
            new Line("fresh install, default profile")
            {
                Pair = measured.Times,
                Goal = new Goal.Ratio(DefaultGoal),
                Floor = MeasureFasterUnpacking(pace, isMinimal: false),
            },
            DescribeSynced("fresh install, default profile", measured),
        ];
    }

    private IReadOnlyList<Line> MeasureMemory(Pace pace)
    {
        var measured = OfDefault(pace);
        return
        [
            new Line("peak memory of an install, default profile")
            {
                Pair = measured.Memory,
                IsBytes = true,
                Goal = new Goal.RatioAndBytes(MemoryGoal, MemoryBytesGoal),
            },
        ];
    }

    private IReadOnlyList<Line> MeasureDefaultFromXz(Pace pace)
    {
        var measured = Measure(pace, new Kind { Profile = "default", Format = "xz" });
        return
        [
            new Line("fresh install, default profile, both from xz")
            {
                Pair = measured.Times,
                Goal = new Goal.Ratio(DefaultXzGoal),
                Floor = MeasureUnpacking(pace, isMinimal: false, "xz", workbench.MakeFolder),
            },
            DescribeSynced("fresh install, default profile, both from xz", measured),
        ];
    }

    private IReadOnlyList<Line> MeasureDefaultInMemory(Pace pace)
    {
        var line = new Line("fresh install, default profile, on tmpfs") { Goal = new Goal.Ratio(DefaultInMemoryGoal) };
        if (!Workbench.HasMemoryFileSystem)
        {
            return [line with { NotMeasured = "there is no /dev/shm" }];
        }
        var measured = Measure(pace, new Kind { Profile = "default", IsInMemory = true });
        return
        [
            line with
            {
                Pair = measured.Times,
                Floor = MeasureUnpacking(pace, isMinimal: false, "gz", workbench.MakeFolderInMemory),
            },
        ];
    }

    private IReadOnlyList<Line> MeasureMinimal(Pace pace)
    {
        var measured = Measure(pace, new Kind { Profile = "minimal" });
        return
        [
            new Line("fresh install, minimal profile")
            {
                Pair = measured.Times,
                Goal = new Goal.Ratio(MinimalGoal),
                Floor = MeasureFasterUnpacking(pace, isMinimal: true),
            },
            DescribeSynced("fresh install, minimal profile", measured),
        ];
    }

    private IReadOnlyList<Line> MeasureMinimalLimited(Pace pace)
    {
        using var link = new LimitedLink(workbench.Server, LinkBytesPerSecond);
        var measured = Measure(pace, new Kind { Profile = "minimal", Url = link.Url });
        var bytes = workbench.Mirror.ListArchives(isMinimal: true, "xz").Sum(archive => new FileInfo(archive).Length);
        return
        [
            new Line("fresh install, minimal profile, link of 10 MB/s")
            {
                Pair = measured.Times,
                Goal = new Goal.Ratio(LimitedGoal),
                Floor = new Floor(bytes / LinkBytesPerSecond, "the link"),
            },
        ];
    }

    private IReadOnlyList<Line> MeasureBackgroundDocumentation(Pace pace)
    {
        var line = new Line("fresh install, default profile, documentation in the background")
        {
            Goal = new Goal.Ratio(BackgroundDocumentationGoal),
            InsteadOfRustup = "cannot",
        };
        var probe = workbench.MakeHome(Side.Ours, workbench.Server);
        var canDefer = ChildProcess.Run(probe.Rustup("set", "docs", "background"), workbench.Cancellation).ExitCode == 0;
        probe.Delete();
        if (!canDefer)
        {
            return [line with { NotMeasured = "not yet: there is no `rustup set docs`" }];
        }
        // Both sides of this pair are ours: the minimal profile takes rustup's place.
        var pair = new Pair();
        using var used = new UsedHomes();
        pace.Repeat(
            1,
            side =>
            {
                var home = workbench.MakeHome(Side.Ours, workbench.Server);
                home.Run(home.Rustup("set", "docs", "background"));
                var profile = side == Side.Rustup ? "minimal" : "default";
                pair.Of(side).Add(Install(home, new Kind { Profile = profile }).Elapsed);
                home.WaitUntilQuiet();
                used.Add(home);
            },
            pair);
        return
        [
            line with
            {
                Pair = pair,
                InsteadOfRustup = $"cannot; ours, minimal profile: {Quantity.Format(pair.Rustup)}",
            },
        ];
    }

    private Measurement OfDefault(Pace pace) => ofDefault ??= Measure(pace, new Kind { Profile = "default" });

    private Measurement Measure(Pace pace, Kind kind)
    {
        var measured = new Measurement(new Pair(), new Pair(), new Pair());
        using var used = new UsedHomes();
        pace.Repeat(
            ShareOfInstalls,
            side =>
            {
                var home = workbench.MakeHome(side, kind.Url ?? workbench.Server, kind.IsInMemory);
                var execution = Install(home, kind);
                measured.Times.Of(side).Add(execution.Elapsed);
                measured.Memory.Of(side).Add(execution.PeakBytes);
                measured.Synced.Of(side).Add(
                    execution.Elapsed + (side == Side.Rustup ? TimeSync(home.Root) : TimeSpan.Zero));
                if ((kind.IsForOtherRows ? workbench.KeepAsDefault(home) : home) is { } unneeded)
                {
                    used.Add(unneeded);
                }
            },
            measured.Times);
        return measured;
    }

    private static Execution Install(Home home, Kind kind)
    {
        var command = home.Rustup(
            "toolchain", "install", Workbench.Stable, "--profile", kind.Profile, "--no-self-update");
        if (kind.Format is { } format)
        {
            command = command.With("RUSTUP_STORE_ARCHIVE", format);
        }
        // What earlier ones left to be written is not this one's to wait for.
        Native.Sync();
        return home.Run(command, isMemoryWatched: true);
    }

    private static TimeSpan TimeSync(string folder)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var descriptor = Native.Open(folder, 0);
        var isSynced = Native.SyncFileSystem(descriptor) == 0;
        _ = Native.Close(descriptor);
        return isSynced ? Stopwatch.GetElapsedTime(startedAt) : throw new BenchmarkException($"cannot sync {folder}");
    }

    private static Line DescribeSynced(string what, Measurement measured) =>
        new($"… rustup with a `syncfs` after it ({what})") { Pair = measured.Synced };

    private Floor MeasureFasterUnpacking(Pace pace, bool isMinimal)
    {
        var gz = MeasureUnpacking(pace, isMinimal, "gz", workbench.MakeFolder);
        var xz = MeasureUnpacking(pace, isMinimal, "xz", workbench.MakeFolder);
        var faster = gz.Value <= xz.Value ? gz : xz;
        var slower = faster == gz ? xz : gz;
        return faster with { What = $"{faster.What}; {Quantity.FormatSeconds(slower.Value)} {slower.What}" };
    }

    private Floor MeasureUnpacking(Pace pace, bool isMinimal, string format, Func<string, string> makeFolder)
    {
        var folder = makeFolder("unpacked");
        var key = $"{isMinimal} {format} {folder}";
        if (unpackingFloors.TryGetValue(key, out var known))
        {
            return known;
        }
        var archives = workbench.Mirror.ListArchives(isMinimal, format)
            .OrderByDescending(archive => new FileInfo(archive).Length)
            .Select(archive => $"'{archive}'");
        var program = format == "gz" ? "gzip" : "xz";
        var script = $"printf '%s\\n' {string.Join(' ', archives)} | "
            + $"xargs -P 2 -I ARCHIVE sh -c '{program} -dc ARCHIVE | tar x'";
        var series = pace.RepeatFloor(FloorTimes, () =>
        {
            var seconds = workbench.TimeScript(script, folder);
            _ = ChildProcess.RunToSuccess(
                Command.Shell("rm -rf ./*", folder), workbench.Cancellation);
            return seconds;
        });
        return unpackingFloors[key] = new Floor(series.Median, $"`{program} -dc \\| tar x`");
    }

    private sealed record Measurement(Pair Times, Pair Memory, Pair Synced);

    private sealed record Kind
    {
        internal required string Profile { get; init; }

        internal string? Format { get; init; }

        internal string? Url { get; init; }

        internal bool IsInMemory { get; init; }

        /// <summary>What other rows start from, if it is there anyway.</summary>
        internal bool IsForOtherRows => Profile == "default" && !IsInMemory && Url is null;
    }
}
