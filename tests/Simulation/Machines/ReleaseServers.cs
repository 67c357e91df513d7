using System.Globalization;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>What the simulated server offers.</summary>
internal static class ReleaseServers
{
    /// <summary>The version that is offered in one archive, without any manifest.</summary>
    internal const string InOneArchive = "1.7.0";

    /// <summary>The version whose documentation is not what trees are composed for while it waits.</summary>
    internal const string WithIrregularDocumentation = "1.80.0";

    private const int LastDay = 3;

    private static readonly Lazy<ReleaseServer> FullServer = new(() => ReleaseServer.Publish(LastDay, (mirror, day) =>
    {
        foreach (var channel in new[] { "stable", "beta", "nightly" })
        {
            // Stable has one release, the others one a day.
            var published = channel == "stable" ? 1 : day;
            mirror.Publish(ReleaseOf(channel, published, version => RustPackages.Of(version, $"{channel[0]}{published}")));
        }
        mirror.PublishInOneArchive(ReleaseOf("stable", day: 1, version => RustPackages.Of(version, "w1")) with
        {
            Channels = [InOneArchive],
        });
        mirror.Publish((ReleaseOf("stable", day: 1, version => RustPackages.Of(version, "i1")) with
        {
            Channels = [WithIrregularDocumentation],
        }).With("rust-docs", package => package with
        {
            Files = [.. package.Files, TarEntry.File("lib/of-docs", "docs")],
            ManifestLines = null,
        }));
    }));

    private static readonly Lazy<ReleaseServer> TinyServer = new(() => ReleaseServer.Publish(LastDay, (mirror, day) =>
    {
        mirror.Publish(ReleaseOf("stable", 1, version => TinyPackages(version, "s1")));
        mirror.Publish(ReleaseOf("nightly", day, version => TinyPackages(version, $"n{day}")));
    }));

    /// <summary>Releases with as few files as tell a whole tree from a mixed one.</summary>
    internal static ReleaseServer Tiny() => TinyServer.Value.Copy();

    private static IReadOnlyList<Package> TinyPackages(string version, string stamp) =>
    [
        new("rustc", version, RustPackages.Host,
        [
            TarEntry.Executable("bin/rustc", $"rustc {stamp}"),
            TarEntry.File("lib/stamp", stamp),
        ]),
        new("cargo", version, RustPackages.Host, [TarEntry.Executable("bin/cargo", $"cargo {stamp}")]),
        new("rust-std", version, RustPackages.Host, [TarEntry.File($"lib/rustlib/{RustPackages.Host}/lib/std.rlib", stamp)]),
        new("clippy-preview", version, RustPackages.Host, [TarEntry.Executable("bin/cargo-clippy", $"cargo-clippy {stamp}")]),
        new("rust-docs", version, RustPackages.Host, [TarEntry.File("share/doc/rust/html/index.html", stamp)])
        {
            // What trees are composed for, and what they are not.
            ManifestLines = stamp[0] == 's' ? ["dir:share/doc/rust/html"] : null,
        },
        // The same in every release, so that trees share it.
        new("rust-src", version, null, [TarEntry.File("lib/rustlib/src/rust/lib.rs", "//! core")]),
    ];

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
