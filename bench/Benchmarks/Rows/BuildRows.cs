using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>What a whole build feels of the proxies that its compilers are started through.</summary>
internal sealed class BuildRows(Workbench workbench)
{
    private const double Goal = 1.06;
    private const int CratesOtherwise = 100;
    private const int CratesQuickly = 20;

    private int Crates => workbench.IsQuick ? CratesQuickly : CratesOtherwise;

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "build",
            $"A clean build of {Crates} crates",
            $"`cargo build --offline` of a generated workspace of {Crates} library crates of a few hundred "
            + "lines, with an empty target directory, through the `cargo` in CARGO_HOME/bin. cargo's shortcut around "
            + "rustup's proxy is on, as it is by default. Floor: the toolchain's own cargo, with RUSTC naming its own rustc.",
            8,
            Measure),
    ];

    private IReadOnlyList<Line> Measure(Pace pace)
    {
        var homes = workbench.DefaultHomes;
        var folder = workbench.MakeFolder("workspace");
        CrateWorkspace.Write(folder, Crates);
        var ours = homes.Ours;
        var direct = ours.Program(ours.FindToolchainProgram(Workbench.Stable, "cargo"), "build", "--offline")
            .With("RUSTC", ours.FindToolchainProgram(Workbench.Stable, "rustc"));
        var pair = new Pair();
        var floor = new Series();
        _ = ChildProcess.RunToSuccess(
            (direct with { Arguments = ["generate-lockfile", "--offline"] }).In(folder), workbench.Cancellation);
        pace.Repeat(
            1,
            side =>
            {
                pair.Of(side).Add(TimeBuild(homes.Of(side).Tool("cargo", "build", "--offline"), folder));
                if (side == Side.Ours)
                {
                    floor.Add(TimeBuild(direct, folder));
                }
            },
            pair);
        return
        [
            new Line($"clean `cargo build` of {Crates} crates")
            {
                Pair = pair,
                Goal = new Goal.Ratio(Goal),
                Floor = new Floor(floor.Median, "cargo called directly"),
                Remarks = [$"cargo called directly: {Quantity.Format(floor)}"],
            },
        ];
    }

    private TimeSpan TimeBuild(Command cargo, string folder)
    {
        _ = ChildProcess.RunToSuccess(
            Command.Inherit("/bin/rm", "-rf", Path.Combine(folder, "target")), workbench.Cancellation);
        Native.Sync();
        return ChildProcess.RunToSuccess(cargo.In(folder), workbench.Cancellation).Elapsed;
    }
}
