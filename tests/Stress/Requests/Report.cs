using System.Text.RegularExpressions;
using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>Translates what a command printed into steps of the objects that it is about.</summary>
public sealed partial class Report(ExecutedCommand command, History history)
{
    public ExecutedCommand Command => command;

    public History History => history;

    public bool ErrorContains(string text) => command.Error.Contains(text, StringComparison.Ordinal);

    /// <summary>Two requests of one command can fall on both sides of a server's update: then it fails and changes nothing.</summary>
    public bool ErrorMentionsServerUpdate() =>
        ErrorContains("the server may be in the middle of an update") && command.ServerDays.Count > 1;

    public MisbehaviourException Misbehaviour(string what) => new($"{what}:\n      {command}");

    public Step<Toolchain?> SawAbsent(string fullName) => AddToolchainStep(
        fullName, "found it not installed", ToolchainRules.Require(state => state is null));

    public Step<Toolchain?> SawPresent(string fullName, Step<Toolchain?>? after = null) => AddToolchainStep(
        fullName, "found it installed", ToolchainRules.Require(state => state is not null), after: after);

    /// <summary>What a compiler said of its version, or the table of an update in its place.</summary>
    public Step<Toolchain?> SawVersion(string fullName, string version, Step<Toolchain?>? after = null)
    {
        if (version == "(toolchain not installed)")
        {
            return AddToolchainStep(
                fullName, "found no compiler", ToolchainRules.Require(state => state is null), after: after);
        }
        if (Stamp().Match(version) is not { Success: true } stamp)
        {
            throw Misbehaviour($"'{version}' is no version");
        }
        var day = int.Parse(stamp.Groups["day"].Value);
        return AddToolchainStep(
            fullName, $"ran the compiler of day {day}", ToolchainRules.Require(state => state?.Day == day), after: after);
    }

    /// <summary>Reads the one release that all of the versions are of.</summary>
    public void SawOneRelease(string fullName, IReadOnlyList<string> versions)
    {
        var stamps = versions.Select(version => Stamp().Match(version).Value).Distinct().ToList();
        if (stamps is not [{ Length: > 0 }])
        {
            throw Misbehaviour("tools of one build are not of one release");
        }
        SawVersion(fullName, versions[0]);
    }

    public void Followed(Channel channel, IReadOnlyList<string> extras, SummaryRow row, bool mayCreate = true)
    {
        if (row.Name != channel.FullName)
        {
            throw Misbehaviour($"the summary is about '{row.Name}'");
        }
        var outcome = row.Banner switch
        {
            "installed" when mayCreate => FollowOutcome.Installed,
            "updated" => FollowOutcome.Updated,
            "unchanged" => FollowOutcome.Unchanged,
            _ => throw Misbehaviour($"'{row.Banner}' is no outcome"),
        };
        var before = row.OldVersion is { } old ? SawVersion(channel.FullName, old) : null;
        var apply = ToolchainRules.Follow(channel, command.ServerDays, extras, outcome);
        var follow = AddToolchainStep(
            channel.FullName, $"reported {row.Banner}",
            mayCreate ? apply : state => state is null ? [] : apply(state),
            isChange: outcome != FollowOutcome.Unchanged, after: before);
        SawVersion(channel.FullName, row.Version, follow);
    }

    public void FollowedPerhaps(Channel channel, IReadOnlyList<string> extras, bool mayCreate = true)
    {
        var apply = ToolchainRules.FollowUnseen(channel, command.ServerDays, extras);
        AddToolchainStep(
            channel.FullName, "perhaps followed its channel",
            mayCreate ? apply : state => state is null ? [] : apply(state), isChange: true, isOptional: true);
    }

    public void InstalledPerhaps(Channel channel)
    {
        var install = ToolchainRules.FollowUnseen(channel, command.ServerDays, []);
        AddToolchainStep(
            channel.FullName, "perhaps installed it", state => state is null ? install(state) : [],
            isChange: true, isOptional: true);
    }

    public void FoundUnavailable(Channel channel, IReadOnlyList<string> extras) => AddToolchainStep(
        channel.FullName, "found components unavailable",
        ToolchainRules.Follow(channel, command.ServerDays, extras, FollowOutcome.Unavailable));

    public Step<Toolchain?> AddToolchainStep(
        string fullName, string text, Func<Toolchain?, IEnumerable<Toolchain?>> apply,
        bool isChange = false, bool isOptional = false, Step<Toolchain?>? after = null) =>
        Add(history.OfToolchain(fullName), text, apply, isChange, isOptional, after);

    public void SawDefault(string? fullName) => Add(
        history.Default, $"read '{fullName}'", state => state == fullName ? [state] : []);

    public void SetDefault(string? fullName, bool isOptional = false) => Add(
        history.Default, $"set '{fullName}'", _ => [fullName], isChange: true, isOptional);

    /// <summary>An installation sets the default if there is none, and says so.</summary>
    public void SetDefaultIfUnset(string fullName)
    {
        if (ErrorContains($"default toolchain set to {fullName}"))
        {
            Add(history.Default, $"set '{fullName}' because none was set", state => state is null ? [fullName] : [], isChange: true);
        }
        else
        {
            Add(history.Default, "found one set", state => state is null ? [] : [state]);
        }
    }

    public void SetDefaultIfUnsetPerhaps(string fullName) => Add(
        history.Default, $"perhaps set '{fullName}' because none was set", state => [state ?? fullName],
        isChange: true, isOptional: true);

    public void SawOverride(string directory, string? fullName) => Add(
        history.OfOverride(directory), $"read '{fullName}'", state => state == fullName ? [state] : []);

    public void SetOverride(string directory, string fullName, bool isOptional = false) => Add(
        history.OfOverride(directory), $"set '{fullName}'", _ => [fullName], isChange: true, isOptional);

    public void UnsetOverride(string directory, bool isOptional = false) => Add(
        history.OfOverride(directory), "unset it",
        state => state is null && !isOptional ? [] : [null], isChange: true, isOptional);

    /// <summary>The table that installs and updates print.</summary>
    public IReadOnlyList<SummaryRow> ReadSummary() =>
    [
        .. Summary().Matches(command.Output).Select(match => new SummaryRow(
            match.Groups["name"].Value,
            match.Groups["banner"].Value,
            match.Groups["version"].Value,
            match.Groups["old"] is { Success: true } old ? old.Value : null)),
    ];

    public SummaryRow ReadOneRow() => ReadSummary() is [var row]
        ? row
        : throw Misbehaviour("the summary has not one row");

    private Step<TState> Add<TState>(
        ObjectHistory<TState> ofObject, string text, Func<TState, IEnumerable<TState>> apply,
        bool isChange = false, bool isOptional = false, Step<TState>? after = null) =>
        ofObject.Add(new Step<TState>
        {
            Text = $"{command.Title}: {text}",
            Start = command.Start,
            End = command.End,
            Apply = apply,
            IsChange = isChange,
            IsOptional = isOptional,
            After = after,
        });

    [GeneratedRegex(@"hash-[a-z](?<day>\d+)")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^ *(?<name>\S+) (?<banner>installed|updated|unchanged|update failed) - (?<version>.*?)(?: \(from (?<old>.*)\))?$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}

/// <summary>A row of the table that installs and updates print.</summary>
public sealed record SummaryRow(string Name, string Banner, string Version, string? OldVersion);
