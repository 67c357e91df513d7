using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>The state of an installed toolchain: the day of its release, and its components in order.</summary>
public sealed record Toolchain(int Day, string Components)
{
    public const string Minimal = "cargo,rust-std,rustc";

    public bool Has(string component) => Components.Split(',').Contains(component);

    public Toolchain With(string component) => this with { Components = Join([.. Components.Split(','), component]) };

    public Toolchain Without(string component) =>
        this with { Components = Join(Components.Split(',').Where(present => present != component)) };

    public static string Join(IEnumerable<string> components) =>
        string.Join(',', components.Distinct().Order(StringComparer.Ordinal));
}

/// <summary>What the mirror offers under a name.</summary>
public sealed record Channel(string Name)
{
    public string FullName => $"{Name}-{RustPackages.Host}";

    /// <summary>Whether <c>rustup update</c> without names updates it.</summary>
    public bool IsTracking => Name is "stable" or "beta" or "nightly";

    /// <summary>The day of the release that the server has on a day.</summary>
    public int ReleaseOn(int day)
    {
        switch (Name)
        {
            case "beta" or "nightly":
                return day;
            case "stable":
                return SmallMirror.HasStable(day) ? day : day - 1;
            default:
                return 1;
        }
    }

    /// <summary>Whether the release of a day has a component.</summary>
    public bool Offers(string component, int day) =>
        component != "clippy" || Name != "nightly" || !SmallMirror.LacksClippy(day);
}

/// <summary>What a request to follow a channel came to.</summary>
public enum FollowOutcome
{
    Installed,
    Updated,
    Unchanged,
    Unavailable,
}

/// <summary>What a command on a toolchain does to its state; null is a toolchain that is not installed.</summary>
public static class ToolchainRules
{
    /// <summary>Installing or updating from the server as it is on a day, with extra components.</summary>
    public static (FollowOutcome Outcome, Toolchain? After) Follow(
        Toolchain? before, Channel channel, int serverDay, IReadOnlyList<string> extras)
    {
        var release = channel.ReleaseOn(serverDay);
        if (before is not null && extras.Count == 0 && release <= before.Day)
        {
            // A name never moves to an older release.
            return (FollowOutcome.Unchanged, before);
        }
        string[] wanted = [.. (before?.Components ?? Toolchain.Minimal).Split(','), .. extras];
        var oldest = before?.Day ?? 1;
        while (release >= oldest && !Array.TrueForAll(wanted, component => channel.Offers(component, release)))
        {
            if (channel.Name != "nightly")
            {
                return (FollowOutcome.Unavailable, before);
            }
            release--;
        }
        if (release < oldest)
        {
            return (FollowOutcome.Unavailable, before);
        }
        var after = new Toolchain(release, Toolchain.Join(wanted));
        return before is null ? (FollowOutcome.Installed, after)
            : after == before ? (FollowOutcome.Unchanged, before)
            : (FollowOutcome.Updated, after);
    }

    /// <summary>The states after a request that reported an outcome, on any of the days that it may have seen.</summary>
    public static Func<Toolchain?, IEnumerable<Toolchain?>> Follow(
        Channel channel, IReadOnlyList<int> serverDays, IReadOnlyList<string> extras, FollowOutcome reported) =>
        before => serverDays
            .Select(day => Follow(before, channel, day, extras))
            .Where(result => result.Outcome == reported)
            .Select(result => result.After).Distinct();

    /// <summary>The states after a request that nobody reported on.</summary>
    public static Func<Toolchain?, IEnumerable<Toolchain?>> FollowUnseen(
        Channel channel, IReadOnlyList<int> serverDays, IReadOnlyList<string> extras) =>
        before => serverDays.Select(day => Follow(before, channel, day, extras).After).Distinct();

    /// <summary>Stays as it is, where a condition holds.</summary>
    public static Func<Toolchain?, IEnumerable<Toolchain?>> Require(Func<Toolchain?, bool> condition) =>
        state => condition(state) ? [state] : [];

    /// <summary>Changes an installed toolchain; impossible for one that is not there.</summary>
    public static Func<Toolchain?, IEnumerable<Toolchain?>> Change(Func<Toolchain, Toolchain?> change) =>
        state => state is null ? [] : [change(state)];
}
