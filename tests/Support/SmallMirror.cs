namespace ToolchainStore.Tests.Support;

/// <summary>
/// The mirror that most tests and the demo use: stable, beta and nightly on as many days as somebody asks for, numbered
/// releases, and every third nightly without clippy. Most tests end with the third day.
/// </summary>
public static class SmallMirror
{
    public const int LastDay = 3;

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
        if (HasStable(day))
        {
            mirror.Publish(Stable(day));
        }
        mirror.Publish(Release(DateOf(day), $"1.{92 + day}.0-beta.{day} (hash-b{day} {DateOf(day)})", $"b{day}", ["beta"]));
        mirror.Publish(Nightly(day));
    }

    /// <summary>Publishes the stable and the nightly of a day in the old form: an archive each.</summary>
    public static void AdvanceInOneArchiveTo(Mirror mirror, int day)
    {
        mirror.PublishInOneArchive(Stable(day));
        mirror.PublishInOneArchive(Nightly(day));
    }

    public static bool HasStable(int day) => day % 2 == 1;

    /// <summary>Whether the nightly of a day was built without clippy.</summary>
    public static bool LacksClippy(int day) => day % LastDay == 0;

    public static Release Stable(int day)
    {
        var minor = 90 + day;
        return Release(
            DateOf(day), $"1.{minor}.0 (hash-s{day} {DateOf(day)})", $"s{day}",
            ["stable", $"1.{minor}", $"1.{minor}.0"]);
    }

    public static Release Nightly(int day)
    {
        var nightly = Release(
            DateOf(day), $"1.{93 + day}.0-nightly (hash-n{day} {DateOf(day)})", $"n{day}", ["nightly"]);
        return LacksClippy(day) ? nightly.Lacking("clippy-preview") : nightly;
    }

    private static string DateOf(int day) => new DateOnly(2026, 1, 1).AddDays(day - 1).ToString("yyyy-MM-dd");

    private static Release Release(string date, string version, string stamp, string[] channels) => new()
    {
        Date = date,
        Version = version,
        Stamp = stamp,
        Channels = channels,
        Packages = RustPackages.Of(version, stamp),
    };
}
