using System.Globalization;
using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>What deleting dead toolchains takes.</summary>
internal sealed class CollectionRows(Workbench workbench, NightlyHomes nightlies)
{
    private const int RoundsMax = 10;
    private const double LinearAtMost = 1.25;

    private IReadOnlyList<int> DeadCounts => [nightlies.Many / 20, nightlies.Many / 10, nightlies.Many / 5];

    internal IReadOnlyList<Row> List() =>
    [
        new Row(
            "gc",
            $"Collecting {string.Join(", ", DeadCounts)} dead toolchains among {nightlies.Many}",
            "`rustup store gc` in the home of `proxy-toolchains`, after so many of its toolchains were uninstalled "
            + "while something held them, and then let go. Each has a tree and a component of its own. They are installed "
            + "again before the next. rustup has no such command: it deletes when it uninstalls. Floor: `rm -r` of a copy "
            + "of as many trees and components.",
            3,
            Measure),
    ];

    private IReadOnlyList<Line> Measure(Pace pace)
    {
        var home = nightlies.Grow(Side.Ours, nightlies.Many);
        var times = DeadCounts.Select(_ => new Series()).ToList();
        var floors = DeadCounts.Select(_ => new Series()).ToList();
        for (var round = 0; round == 0 || (round < RoundsMax && pace.HasTimeFor(round)); round++)
        {
            for (var index = 0; index < DeadCounts.Count; index++)
            {
                // Never the first one: it is the default.
                var names = Enumerable.Range(1, DeadCounts[index]).Select(SmallNightlies.Name).ToList();
                using (var leases = new Leases())
                {
                    var trees = names.ConvertAll(name => FindTree(home, name));
                    floors[index].Add(TimeRemoval(home, trees));
                    trees.ForEach(leases.Hold);
                    home.Run(home.Rustup(["toolchain", "uninstall", .. names]).With("RUSTUP_STORE_BACKGROUND", "0"));
                }
                Native.Sync();
                var collected = home.Run(home.Rustup("store", "gc"));
                times[index].Add(collected.Elapsed);
                var deleted = collected.Output.Split('\n')
                    .Count(line => line.StartsWith("deleted tree", StringComparison.Ordinal));
                if (deleted != names.Count)
                {
                    throw new BenchmarkException($"{deleted} trees were collected instead of {names.Count}");
                }
                NightlyHomes.Install(home, names);
            }
        }
        return
        [
            .. DeadCounts.Select((count, index) => new Line($"`gc` of {count} dead toolchains among {nightlies.Many}")
            {
                OursAlone = times[index],
                InsteadOfRustup = "cannot",
                Floor = new Floor(floors[index].Median, "`rm -r`"),
                Conditions = index == 0 ? [] : [CompareEach(times[index].Median / count, times[0].Median / DeadCounts[0])],
            }),
        ];
    }

    private Condition CompareEach(double seconds, double secondsOfFewest) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"linear: each at most {LinearAtMost} × each of {DeadCounts[0]}; is {seconds / secondsOfFewest:0.00} ×"),
        seconds <= LinearAtMost * secondsOfFewest);

    private string FindTree(Home home, string name) =>
        Directory.ResolveLinkTarget(
            Path.Combine(home.RustupHome, "toolchains", $"{name}-{RealMirror.Host}"), returnFinalTarget: true)?.FullName
        ?? throw new BenchmarkException($"{name} is not a link into the store");

    /// <summary>Removes a copy of the trees and of as many components.</summary>
    private double TimeRemoval(Home home, IReadOnlyList<string> trees)
    {
        // Each tree has one component of its own, and all of those are alike.
        var folder = workbench.MakeFolder("removed");
        var components = Directory.EnumerateDirectories(Path.Combine(home.RustupHome, "store", "components"))
            .Order(StringComparer.Ordinal).Take(trees.Count);
        home.Run(Command.Inherit(
            "/bin/cp", ["-a", "--target-directory", folder, .. trees, .. components]));
        return workbench.TimeScript("rm -r ./*", folder);
    }
}
