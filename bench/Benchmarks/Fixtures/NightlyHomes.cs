using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>
/// Homes of both sides with many small nightlies of the same names; the first one is the default toolchain. Ours are
/// installed, rustup's are copies of the first.
/// </summary>
internal sealed class NightlyHomes(Workbench workbench)
{
    // As many as a command line may well name.
    private const int InstalledAtOnce = 250;

    private const int ManyAtMost = 1000;
    private const int ManyQuickly = 200;

    private readonly Dictionary<Side, Home> homes = [];
    private readonly Dictionary<Side, int> installed = [];

    /// <summary>The most toolchains that are measured among.</summary>
    internal int Many => workbench.IsQuick ? ManyQuickly : ManyAtMost;

    /// <summary>The home of a side with at least so many toolchains.</summary>
    internal Home Grow(Side side, int count)
    {
        workbench.Nightlies.ReleaseUpTo(count);
        if (!homes.TryGetValue(side, out var home))
        {
            home = workbench.MakeHome(side, workbench.NightliesServer);
            homes.Add(side, home);
            installed[side] = 0;
        }
        if (installed[side] == 0)
        {
            // Alone, so that it becomes the default.
            Install(home, [SmallNightlies.Name(0)]);
            installed[side] = 1;
        }
        while (installed[side] < count)
        {
            var upTo = Math.Min(count, installed[side] + InstalledAtOnce);
            var names = Enumerable.Range(installed[side], upTo - installed[side]).Select(SmallNightlies.Name).ToList();
            if (side == Side.Ours)
            {
                Install(home, names);
            }
            else
            {
                Copy(home, names);
            }
            installed[side] = upTo;
        }
        return home;
    }

    internal static void Install(Home home, IReadOnlyList<string> names) =>
        home.Run(home.Rustup(["toolchain", "install", "--profile", "minimal", "--no-self-update", .. names]));

    /// <summary>
    /// What rustup would have made of them: a directory each, and the digest of its manifest in a file. rustup itself
    /// would take a second for each.
    /// </summary>
    private static void Copy(Home home, IReadOnlyList<string> names)
    {
        var first = $"{SmallNightlies.Name(0)}-{RealMirror.Host}";
        var script = $"""
            for name in {string.Join(' ', names)}; do
                cp -a 'toolchains/{first}' "toolchains/$name-{RealMirror.Host}"
                cp -a 'update-hashes/{first}' "update-hashes/$name-{RealMirror.Host}"
            done
            """;
        home.Run(Command.Shell($"set -e\n{script}", home.RustupHome));
    }
}
