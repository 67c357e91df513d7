using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>Installs a toolchain, or brings it up to date, with a component that it shall have.</summary>
public sealed record Install(Channel Channel, string? Component) : Request
{
    private IReadOnlyList<string> Extras => Component is null ? [] : [Component];

    public override IReadOnlyList<string> Arguments => Component is null
        ? ["toolchain", "install", Channel.Name, "--profile", "minimal"]
        : ["toolchain", "install", Channel.Name, "--profile", "minimal", "--component", Component];

    protected override void ExplainSuccess(Report report)
    {
        report.Followed(Channel, Extras, report.ReadOneRow());
        report.SetDefaultIfUnset(Channel.FullName);
    }

    protected override void ExplainKilled(Report report)
    {
        report.FollowedPerhaps(Channel, Extras);
        report.SetDefaultIfUnsetPerhaps(Channel.FullName);
    }

    protected override void ExplainFailure(Report report)
    {
        if (report.ErrorContains("unavailable for download"))
        {
            report.FoundUnavailable(Channel, Extras);
            return;
        }
        base.ExplainFailure(report);
    }
}

public sealed record UpdateOne(Channel Channel) : Request
{
    public override IReadOnlyList<string> Arguments => ["update", Channel.Name];

    protected override void ExplainSuccess(Report report)
    {
        report.Followed(Channel, [], report.ReadOneRow());
        report.SetDefaultIfUnset(Channel.FullName);
    }

    protected override void ExplainKilled(Report report)
    {
        report.FollowedPerhaps(Channel, []);
        report.SetDefaultIfUnsetPerhaps(Channel.FullName);
    }

    protected override void ExplainFailure(Report report)
    {
        if (report.ErrorContains("unavailable for download"))
        {
            report.FoundUnavailable(Channel, []);
            return;
        }
        base.ExplainFailure(report);
    }
}

/// <summary>Updates whatever is installed and follows a channel.</summary>
public sealed record UpdateAll(IReadOnlyList<Channel> Channels) : Request
{
    public override IReadOnlyList<string> Arguments => ["update"];

    private IEnumerable<Channel> Tracked => Channels.Where(channel => channel.IsTracking);

    protected override void ExplainSuccess(Report report) => ExplainRows(report);

    protected override void ExplainKilled(Report report)
    {
        foreach (var channel in Tracked)
        {
            report.FollowedPerhaps(channel, [], mayCreate: false);
        }
    }

    protected override void ExplainFailure(Report report) => ExplainRows(report);

    private void ExplainRows(Report report)
    {
        var rows = report.ReadSummary().ToDictionary(row => row.Name);
        if ((report.Command.ExitCode != 0) != rows.Values.Any(row => row.Banner == "update failed"))
        {
            throw report.Misbehaviour("the exit code contradicts the summary");
        }
        foreach (var channel in Tracked)
        {
            if (!rows.TryGetValue(channel.FullName, out var row))
            {
                report.SawAbsent(channel.FullName);
            }
            else if (row.Banner == "update failed")
            {
                ExplainFailedRow(report, channel);
            }
            else
            {
                report.Followed(channel, [], row, mayCreate: false);
            }
        }
    }

    private static void ExplainFailedRow(Report report, Channel channel)
    {
        if (report.ErrorContains($"toolchain '{channel.FullName}' is not installed"))
        {
            report.SawAbsent(channel.FullName);
        }
        else if (report.ErrorContains($"unavailable for download for channel '{channel.Name}'"))
        {
            report.FoundUnavailable(channel, []);
        }
        else if (!report.ErrorMentionsServerUpdate())
        {
            throw report.Misbehaviour($"the update of {channel.Name} failed for no reason");
        }
    }
}

public sealed record Uninstall(Channel Channel) : Request
{
    /// <summary>Whether the space is given back before the command ends.</summary>
    public bool CollectsItself { get; init; }

    public override IReadOnlyList<string> Arguments => ["toolchain", "uninstall", Channel.Name];

    public override IReadOnlyDictionary<string, string> Variables =>
        new Dictionary<string, string> { ["RUSTUP_STORE_BACKGROUND"] = CollectsItself ? "0" : "1" };

    protected override void ExplainSuccess(Report report)
    {
        if (report.ErrorContains($"toolchain {Channel.FullName} uninstalled"))
        {
            report.AddToolchainStep(
                Channel.FullName, "uninstalled it", ToolchainRules.Change(_ => null), isChange: true);
        }
        else if (report.ErrorContains($"no toolchain installed for '{Channel.FullName}'"))
        {
            report.SawAbsent(Channel.FullName);
        }
        else
        {
            throw report.Misbehaviour("it does not say whether anything was uninstalled");
        }
    }

    protected override void ExplainKilled(Report report) => report.AddToolchainStep(
        Channel.FullName, "perhaps uninstalled it", _ => [null], isChange: true, isOptional: true);
}

/// <summary>Adds a component, or the standard library for a target.</summary>
public sealed record AddComponent(Channel Channel, string Component) : Request
{
    public override IReadOnlyList<string> Arguments => ComponentArguments.Of("add", Channel, Component);

    protected override void ExplainSuccess(Report report)
    {
        if (report.ErrorContains(" is up to date"))
        {
            report.AddToolchainStep(
                Channel.FullName, $"found {Component} there", ToolchainRules.Require(state => state?.Has(Component) == true));
            return;
        }
        report.AddToolchainStep(
            Channel.FullName, $"added {Component}", state => CanAdd(state) ? [state!.With(Component)] : [], isChange: true);
    }

    protected override void ExplainKilled(Report report) => report.AddToolchainStep(
        Channel.FullName, $"perhaps added {Component}", state => CanAdd(state) ? [state!.With(Component)] : [],
        isChange: true, isOptional: true);

    protected override void ExplainFailure(Report report)
    {
        if (report.ErrorContains("unavailable for download"))
        {
            report.AddToolchainStep(
                Channel.FullName, $"found {Component} unavailable",
                ToolchainRules.Require(state => state is not null && !Channel.Offers(Component, state.Day)));
            return;
        }
        base.ExplainFailure(report);
    }

    private bool CanAdd(Toolchain? state) =>
        state is not null && !state.Has(Component) && Channel.Offers(Component, state.Day);
}

/// <summary>Removes a component, or the standard library for a target.</summary>
public sealed record RemoveComponent(Channel Channel, string Component) : Request
{
    public override IReadOnlyList<string> Arguments => ComponentArguments.Of("remove", Channel, Component);

    protected override void ExplainSuccess(Report report)
    {
        // The command looks first and removes then; if two do so at once both have done what they were asked for.
        var look = report.AddToolchainStep(
            Channel.FullName, $"found {Component} there", ToolchainRules.Require(state => state?.Has(Component) == true));
        report.AddToolchainStep(
            Channel.FullName, $"removed {Component}", ToolchainRules.Change(state => state.Without(Component)),
            isChange: true, after: look);
    }

    protected override void ExplainKilled(Report report) => report.AddToolchainStep(
        Channel.FullName, $"perhaps removed {Component}", ToolchainRules.Change(state => state.Without(Component)),
        isChange: true, isOptional: true);

    protected override void ExplainFailure(Report report)
    {
        if (report.ErrorContains($"does not contain component '{Component}'") || report.ErrorContains("does not have target"))
        {
            report.AddToolchainStep(
                Channel.FullName, $"found no {Component}",
                ToolchainRules.Require(state => state is not null && !state.Has(Component)));
            return;
        }
        base.ExplainFailure(report);
    }
}

internal static class ComponentArguments
{
    private const string StandardLibrary = "rust-std-";

    /// <summary>The component that <c>target add</c> is about.</summary>
    internal const string OtherTarget = StandardLibrary + RustPackages.OtherTarget;

    internal static IReadOnlyList<string> Of(string verb, Channel channel, string component) =>
        component.StartsWith(StandardLibrary, StringComparison.Ordinal)
            ? ["target", verb, component[StandardLibrary.Length..], "--toolchain", channel.Name]
            : ["component", verb, component, "--toolchain", channel.Name];
}
