using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>What a proxy costs: the time through it minus the time of the same program started directly.</summary>
internal sealed class ProxyRows(Workbench workbench, NightlyHomes nightlies)
{
    private const string Tool = "rustc";
    private const double OverheadGoal = 0.45;
    private const double ComponentsGoal = 0.15;
    private const double NestedAboveFloor = 0.0007;
    private const double FlatAtMost = 1.15;
    private const int DirectoriesBelow = 8;
    private const int FloorTimes = 200;

    private Lazy<string?>? emptyProgram;

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "proxy",
            "Proxy overhead",
            "`rustc --version` of a real stable through the proxy minus the same `rustc` started directly, one after the "
            + "other; the numbers are medians of those differences, of which a disturbed one can be negative. Floor: an "
            + "empty NativeAOT program minus `/bin/true`.",
            2,
            MeasureOverhead),
        new Row(
            "proxy-directories",
            "Proxy overhead below a toolchain file, an override, and both",
            "As `proxy`, in a directory 8 levels below one with a `rust-toolchain.toml` that names a channel, one with an "
            + "override, and one with both.",
            3,
            MeasureDirectories),
        new Row(
            "proxy-toolchains",
            $"Proxy overhead among 1, 10, 100 and {nightlies.Many} toolchains",
            "As `proxy`, with small toolchains whose tools are shell scripts. Ours are installed from a mirror that has a "
            + "different compiler for every day; rustup's are copies of the first, under the same names, as installing "
            + "each would take it a second. The default toolchain is run.",
            4,
            MeasureToolchains),
        new Row(
            "proxy-components",
            "Proxy overhead with a toolchain file that lists components",
            "As `proxy`, where `rust-toolchain.toml` lists `rustfmt` and `clippy` of a real stable, which are installed.",
            2,
            MeasureComponents),
        new Row(
            "proxy-nested",
            "Proxy overhead of a nested call",
            "As `proxy`, with the variables that the proxy gives to what it starts, as `rustup run stable env` prints them. "
            + "Floor: as for `proxy`.",
            2,
            MeasureNested),
    ];

    private IReadOnlyList<Line> MeasureOverhead(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var overhead = new Overhead(workbench, homes, Workbench.Stable);
        var pair = new Pair();
        pace.Repeat(0.9, side => overhead.Add(side, (pair, homes.Of(side).Tool(Tool, "--version"))), pair);
        var floor = MeasureEmptyProgram(pace);
        return
        [
            new Line("proxy overhead of `rustc --version`")
            {
                Pair = pair,
                Goal = new Goal.Ratio(OverheadGoal),
                Floor = floor,
                Remarks = [overhead.Describe(), .. DescribeFloor(floor)],
            },
        ];
    }

    private IReadOnlyList<Line> MeasureDirectories(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var withFile = workbench.MakeFolder("with-file");
        var withOverride = workbench.MakeFolder("with-override");
        var withBoth = workbench.MakeFolder("with-both");
        foreach (var folder in (string[])[withFile, withBoth])
        {
            WriteToolchainFile(folder, $"channel = \"{Workbench.Stable}\"");
        }
        foreach (var side in Enum.GetValues<Side>())
        {
            foreach (var folder in (string[])[withOverride, withBoth])
            {
                var home = homes.Of(side);
                home.Run(home.Rustup("override", "set", Workbench.Stable, "--path", folder));
            }
        }
        IReadOnlyList<(string What, string Folder, Pair Pair)> places =
        [
            ("with a toolchain file", Below(withFile), new Pair()),
            ("with an override", Below(withOverride), new Pair()),
            ("with both", Below(withBoth), new Pair()),
        ];
        var overhead = new Overhead(workbench, homes, Workbench.Stable);
        pace.Repeat(
            1,
            side => overhead.Add(
                side, [.. places.Select(place => (place.Pair, homes.Of(side).Tool(Tool, "--version").In(place.Folder)))]),
            [.. places.Select(place => place.Pair)]);
        foreach (var side in Enum.GetValues<Side>())
        {
            foreach (var folder in (string[])[withOverride, withBoth])
            {
                var home = homes.Of(side);
                home.Run(home.Rustup("override", "unset", "--path", folder));
            }
        }
        return
        [
            .. places.Select(place => new Line($"proxy overhead 8 directories below one {place.What}")
            {
                Pair = place.Pair,
                Goal = new Goal.Ratio(OverheadGoal),
                Remarks = [overhead.Describe()],
            }),
        ];
    }

    private IReadOnlyList<Line> MeasureToolchains(Pace pace)
    {
        var lines = new List<Line>();
        IReadOnlyList<int> counts = [1, 10, 100, nightlies.Many];
        foreach (var count in counts)
        {
            var homes = Both<Home>.Make(side => nightlies.Grow(side, count));
            var overhead = new Overhead(workbench, homes, SmallNightlies.Name(0));
            var pair = new Pair();
            // Equal parts of what is left.
            var share = 1.0 / (counts.Count - lines.Count);
            pace.Repeat(share, side => overhead.Add(side, (pair, homes.Of(side).Tool(Tool, "--version"))), pair);
            var alone = lines.Count == 0 ? pair.Ours.Median : lines[0].Pair!.Ours.Median;
            lines.Add(new Line($"proxy overhead, {count} {(count == 1 ? "toolchain" : "toolchains")}")
            {
                Pair = pair,
                Goal = new Goal.Ratio(OverheadGoal),
                Conditions = lines.Count == 0 ? [] : [Flat.Compare(pair.Ours.Median, alone, "toolchain", FlatAtMost)],
                Remarks = [overhead.Describe()],
            });
        }
        return lines;
    }

    private IReadOnlyList<Line> MeasureComponents(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var folder = workbench.MakeFolder("with-components");
        WriteToolchainFile(folder, $"channel = \"{Workbench.Stable}\"\ncomponents = [\"rustfmt\", \"clippy\"]");
        var overhead = new Overhead(workbench, homes, Workbench.Stable);
        var pair = new Pair();
        pace.Repeat(
            1, side => overhead.Add(side, (pair, homes.Of(side).Tool(Tool, "--version").In(folder))), pair);
        return
        [
            new Line("proxy overhead with a toolchain file that lists components")
            {
                Pair = pair,
                Goal = new Goal.Ratio(ComponentsGoal),
                Remarks = [overhead.Describe()],
            },
        ];
    }

    private IReadOnlyList<Line> MeasureNested(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var nested = Both<Command>.Make(side =>
            homes.Of(side).AsNested(homes.Of(side).Tool(Tool, "--version"), Workbench.Stable));
        var overhead = new Overhead(workbench, homes, Workbench.Stable);
        var pair = new Pair();
        pace.Repeat(0.9, side => overhead.Add(side, (pair, nested.Of(side))), pair);
        var floor = MeasureEmptyProgram(pace);
        return
        [
            new Line("proxy overhead of a nested call")
            {
                Pair = pair,
                Goal = new Goal.AboveFloor(NestedAboveFloor),
                Floor = floor,
                Remarks = [overhead.Describe(), .. DescribeFloor(floor)],
            },
        ];
    }

    private Floor? MeasureEmptyProgram(Pace pace)
    {
        emptyProgram ??= new Lazy<string?>(() =>
            EmptyProgram.TryBuild(workbench.MakeFolder("empty-program"), workbench.Cancellation));
        if (emptyProgram.Value is not { } program)
        {
            return null;
        }
        var nothing = Command.Inherit("/bin/true");
        var empty = Command.Inherit(program);
        var series = pace.RepeatFloor(FloorTimes, () =>
        {
            var direct = ChildProcess.RunToSuccess(nothing, workbench.Cancellation).Elapsed;
            return (ChildProcess.RunToSuccess(empty, workbench.Cancellation).Elapsed - direct).TotalSeconds;
        });
        return new Floor(series.Median, "an empty NativeAOT program");
    }

    private static IReadOnlyList<string> DescribeFloor(Floor? floor) =>
        floor is null ? ["the floor was not measured: there is neither clang nor gcc to build an empty NativeAOT program"] : [];

    private static void WriteToolchainFile(string folder, string content) =>
        File.WriteAllText(Path.Combine(folder, "rust-toolchain.toml"), $"[toolchain]\n{content}\n");

    private static string Below(string folder) =>
        Directory.CreateDirectory(Path.Combine(
            [folder, .. Enumerable.Range(1, DirectoriesBelow).Select(level => $"level{level}")])).FullName;

    /// <summary>Times the program directly, then through the proxy in each way that is asked for.</summary>
    private sealed class Overhead(Workbench workbench, Both<Home> homes, string toolchain)
    {
        private readonly Both<Command> direct = Both<Command>.Make(side =>
            homes.Of(side).Program(homes.Of(side).FindToolchainProgram(toolchain, Tool), "--version"));

        private readonly Pair directTimes = new();

        internal void Add(Side side, params IReadOnlyList<(Pair Pair, Command Proxied)> ways)
        {
            var directTime = Time(direct.Of(side));
            directTimes.Of(side).Add(directTime);
            foreach (var (pair, proxied) in ways)
            {
                pair.Of(side).Add(Time(proxied) - directTime);
            }
        }

        internal string Describe() =>
            $"directly: rustup's {Quantity.Format(directTimes.Rustup)}, ours {Quantity.Format(directTimes.Ours)}";

        private TimeSpan Time(Command command) =>
            ChildProcess.RunToSuccess(command, workbench.Cancellation).Elapsed;
    }
}
