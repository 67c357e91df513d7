using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>Commands that only look.</summary>
internal sealed class CommandRows(Workbench workbench, NightlyHomes nightlies)
{
    private const double Goal = 0.8;
    private const double FlatAtMost = 1.15;
    private const double ShareAmongOne = 0.4;

    private static readonly IReadOnlyList<LookingCommand> Commands =
    [
        new("toolchain list", ["toolchain", "list"], PrintsToolchains: true),
        new("show active-toolchain", ["show", "active-toolchain"]),
        new("which rustc", ["which", "rustc"]),
        new("component list --installed", ["component", "list", "--installed"]),
        new("override list", ["override", "list"]),
    ];

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "commands",
            "Commands that only look",
            "Each command from its start to its end, in a home with a real stable and one override.",
            3,
            MeasureCommands),
        new Row(
            "commands-toolchains",
            $"Commands that only look, among {nightlies.Many} toolchains",
            "As `commands`, in the homes of `proxy-toolchains`; first with 1 toolchain, then with all. `toolchain list` "
            + "prints a line for each, so it need not be flat.",
            4,
            MeasureAmongMany),
    ];

    private IReadOnlyList<Line> MeasureCommands(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var folder = workbench.MakeFolder("overridden");
        foreach (var home in (IReadOnlyList<Home>)[homes.Rustup, homes.Ours])
        {
            home.Run(home.Rustup("override", "set", Workbench.Stable, "--path", folder));
        }
        var pairs = Measure(pace, 1, homes);
        foreach (var home in (IReadOnlyList<Home>)[homes.Rustup, homes.Ours])
        {
            home.Run(home.Rustup("override", "unset", "--path", folder));
        }
        return
        [
            .. Commands.Select((command, index) => new Line($"`rustup {command.Name}`")
            {
                Pair = pairs[index],
                Goal = new Goal.Ratio(Goal),
            }),
        ];
    }

    private IReadOnlyList<Line> MeasureAmongMany(Pace pace)
    {
        // A home that another row has filled has more than one by now, so these are homes of their own.
        var alone = Both<Home>.Make(side =>
        {
            workbench.Nightlies.ReleaseUpTo(1);
            var home = workbench.MakeHome(side, workbench.NightliesServer);
            NightlyHomes.Install(home, [SmallNightlies.Name(0)]);
            return home;
        });
        var withOne = Measure(pace, ShareAmongOne, alone);
        var withMany = Measure(pace, 1, Both<Home>.Make(side => nightlies.Grow(side, nightlies.Many)));
        return
        [
            .. Commands.Select((command, index) => new Line($"`rustup {command.Name}`, {nightlies.Many} toolchains")
            {
                Pair = withMany[index],
                Goal = new Goal.Ratio(Goal),
                Conditions = command.PrintsToolchains
                    ? []
                    : [Flat.Compare(withMany[index].Ours.Median, withOne[index].Ours.Median, "toolchain", FlatAtMost)],
                Remarks =
                [
                    $"with 1 toolchain: rustup {Quantity.Format(withOne[index].Rustup)}, ours {Quantity.Format(withOne[index].Ours)}",
                ],
            }),
        ];
    }

    private IReadOnlyList<Pair> Measure(Pace pace, double share, Both<Home> homes)
    {
        IReadOnlyList<Pair> pairs = [.. Commands.Select(_ => new Pair())];
        pace.Repeat(
            share,
            side =>
            {
                var home = homes.Of(side);
                for (var index = 0; index < Commands.Count; index++)
                {
                    var execution = ChildProcess.RunToSuccess(
                        home.Rustup(Commands[index].Arguments), workbench.Cancellation);
                    pairs[index].Of(side).Add(execution.Elapsed);
                }
            },
            pairs);
        return pairs;
    }

    private sealed record LookingCommand(string Name, IReadOnlyList<string> Arguments, bool PrintsToolchains = false);
}
