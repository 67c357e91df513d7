namespace ToolchainStore.Tests.Support;

/// <summary>
/// The mirror that most tests and the demo use: stable, beta and nightly on three days, numbered releases, and
/// a last nightly without clippy.
/// </summary>
public static class SmallMirror
{
    public const int LastDay = 3;

    private static readonly string[] Dates = ["2026-01-01", "2026-01-02", "2026-01-03"];

    /// <summary>Writes the channels as they are on a day, with the dated ones of the days before.</summary>
    public static Mirror WriteTo(string root, int day = 1, params Compression[] compressions)
    {
        var mirror = new Mirror(root, compressions);
        for (var past = 1; past <= day; past++)
        {
            AdvanceTo(mirror, past);
        }
        return mirror;
    }

    /// <summary>Publishes what is new on a day. Stable changes every other day.</summary>
    public static void AdvanceTo(Mirror mirror, int day)
    {
        if (day != 2)
        {
            mirror.Publish(Stable(day));
        }
        mirror.Publish(Release(Dates[day - 1], $"1.{92 + day}.0-beta.{day} (hash-b{day} {Dates[day - 1]})", $"b{day}", ["beta"]));
        mirror.Publish(Nightly(day));
    }

    public static Release Stable(int day)
    {
        var minor = 90 + day;
        return Release(
            Dates[day - 1], $"1.{minor}.0 (hash-s{day} {Dates[day - 1]})", $"s{day}",
            ["stable", $"1.{minor}", $"1.{minor}.0"]);
    }

    public static Release Nightly(int day)
    {
        var nightly = Release(
            Dates[day - 1], $"1.{93 + day}.0-nightly (hash-n{day} {Dates[day - 1]})", $"n{day}", ["nightly"]);
        return day == LastDay ? nightly.With("clippy-preview", package => package with { IsAvailable = false }) : nightly;
    }

    private static Release Release(string date, string version, string stamp, string[] channels) => new()
    {
        Date = date,
        Version = version,
        Channels = channels,
        Packages = RustPackages.Of(version, stamp),
    };
}
