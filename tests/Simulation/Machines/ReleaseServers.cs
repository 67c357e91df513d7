using System.Globalization;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>What the simulated server offers.</summary>
internal static class ReleaseServers
{
    private const int LastDay = 3;

    private static readonly Lazy<ReleaseServer> FullServer = new(() => ReleaseServer.Publish(LastDay, (mirror, day) =>
    {
        foreach (var channel in new[] { "stable", "beta", "nightly" })
        {
            // Stable has one release, the others one a day.
            var published = channel == "stable" ? 1 : day;
            mirror.Publish(ReleaseOf(channel, published, version => RustPackages.Of(version, $"{channel[0]}{published}")));
        }
    }));

    /// <summary>Releases with all packages: at least 6 components and 40 files in the default profile, documentation as a directory.</summary>
    internal static ReleaseServer Full() => FullServer.Value.Copy();

    internal static Release ReleaseOf(string channel, int day, Func<string, IReadOnlyList<Package>> packages)
    {
        var date = new DateOnly(2026, 1, day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var version = $"1.{90 + day}.0{(channel == "stable" ? "" : "-" + channel)} (hash-{channel[0]}{day} {date})";
        return new Release
        {
            Date = date,
            Version = version,
            Channels = channel == "stable" ? [channel, $"1.{90 + day}.0"] : [channel],
            Packages = packages(version),
        };
    }
}
