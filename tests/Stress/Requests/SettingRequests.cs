using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>Sets the default toolchain, which is installed if it is not there; none unsets it.</summary>
public sealed record SetDefault(Channel? Channel) : Request
{
    public override IReadOnlyList<string> Arguments => ["default", Channel?.Name ?? "none"];

    protected override void ExplainSuccess(Report report)
    {
        if (Channel is not null)
        {
            EnsureInstalled.Explain(report, Channel, report.ReadOneRow());
        }
        report.SetDefault(Channel?.FullName);
    }

    protected override void ExplainKilled(Report report)
    {
        EnsureInstalled.ExplainKilled(report, Channel);
        report.SetDefault(Channel?.FullName, isOptional: true);
    }
}

public sealed record SetOverride(string Directory, Channel Channel) : Request
{
    public override IReadOnlyList<string> Arguments => ["override", "set", Channel.Name, "--path", Directory];

    protected override void ExplainSuccess(Report report)
    {
        if (report.ReadSummary().Count == 0)
        {
            report.SawPresent(Channel.FullName);
        }
        else
        {
            EnsureInstalled.Explain(report, Channel, report.ReadOneRow());
        }
        report.SetOverride(Directory, Channel.FullName);
    }

    protected override void ExplainKilled(Report report)
    {
        EnsureInstalled.ExplainKilled(report, Channel);
        report.SetOverride(Directory, Channel.FullName, isOptional: true);
    }
}

public sealed record UnsetOverride(string Directory) : Request
{
    public override IReadOnlyList<string> Arguments => ["override", "unset", "--path", Directory];

    protected override void ExplainSuccess(Report report)
    {
        if (report.ErrorContains($"override toolchain for '{Directory}' removed"))
        {
            report.UnsetOverride(Directory);
        }
        else if (report.ErrorContains($"no override toolchain for '{Directory}'"))
        {
            report.SawOverride(Directory, null);
        }
        else
        {
            throw report.Misbehaviour("it does not say whether there was an override");
        }
    }

    protected override void ExplainKilled(Report report) => report.UnsetOverride(Directory, isOptional: true);
}

/// <summary>What <c>default</c> and <c>override set</c> do before they set anything.</summary>
internal static class EnsureInstalled
{
    internal static void Explain(Report report, Channel channel, SummaryRow row)
    {
        if (row.Banner == "unchanged")
        {
            var found = report.SawPresent(row.Name);
            report.SawVersion(row.Name, row.Version, found);
            return;
        }
        if (row.Banner != "installed")
        {
            throw report.Misbehaviour("what is there is used, never updated");
        }
        report.Followed(channel, [], row);
    }

    internal static void ExplainKilled(Report report, Channel? channel)
    {
        if (channel is not null)
        {
            report.InstalledPerhaps(channel);
        }
    }
}
