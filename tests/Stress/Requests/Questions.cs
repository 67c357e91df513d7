using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>A command that only reads.</summary>
public abstract record Question : Request
{
    public override bool IsWriter => false;

    protected static IEnumerable<string> Lines(Report report) =>
        report.Command.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

public sealed record ReadDefault : Question
{
    private const string Mark = " (default)";

    public override IReadOnlyList<string> Arguments => ["default"];

    protected override void ExplainSuccess(Report report)
    {
        if (Lines(report).ToList() is not [var line] || !line.EndsWith(Mark, StringComparison.Ordinal))
        {
            throw report.Misbehaviour("this names no default");
        }
        report.SawDefault(line[..^Mark.Length]);
    }

    protected override void ExplainFailure(Report report)
    {
        if (!report.ErrorContains("no default toolchain is configured"))
        {
            base.ExplainFailure(report);
        }
        report.SawDefault(null);
    }
}

public sealed record ListToolchains : Question
{
    public override IReadOnlyList<string> Arguments => ["toolchain", "list", "-q"];

    protected override void ExplainSuccess(Report report)
    {
        var listed = Lines(report).Where(line => line != "no installed toolchains").ToHashSet();
        foreach (var name in listed)
        {
            report.SawPresent(name);
        }
        foreach (var name in report.History.ToolchainNames.Except(listed))
        {
            report.SawAbsent(name);
        }
    }
}

public sealed record ListComponents(Channel Channel) : Question
{
    public override IReadOnlyList<string> Arguments => ["component", "list", "--installed", "--toolchain", Channel.Name];

    /// <summary>Components as the model names them: those of this host by their package alone.</summary>
    public static string Parse(string output) => Toolchain.Join(
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.EndsWith("-" + RustPackages.Host, StringComparison.Ordinal)
            ? line[..^(RustPackages.Host.Length + 1)]
            : line));

    protected override void ExplainSuccess(Report report)
    {
        var components = Parse(report.Command.Output);
        report.AddToolchainStep(
            Channel.FullName, $"listed {components}", ToolchainRules.Require(state => state?.Components == components));
    }
}

public sealed record ListOverrides : Question
{
    public override IReadOnlyList<string> Arguments => ["override", "list"];

    public static Dictionary<string, string> Parse(string output) => output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "no overrides")
        .Select(line => line.Split('\t')).ToDictionary(fields => fields[0].TrimEnd(), fields => fields[1].TrimEnd());

    protected override void ExplainSuccess(Report report)
    {
        var listed = Parse(report.Command.Output);
        foreach (var directory in report.History.Directories.Union(listed.Keys).ToList())
        {
            report.SawOverride(directory, listed.GetValueOrDefault(directory));
        }
    }
}

/// <summary>Collects, as people and other commands do; nothing that anybody can see changes.</summary>
public sealed record Collect(IReadOnlyList<string> Options) : Request
{
    public override IReadOnlyList<string> Arguments => ["store", "gc", .. Options];

    protected override void ExplainSuccess(Report report)
    {
    }
}

public sealed record ReadStatus : Question
{
    public override IReadOnlyList<string> Arguments => ["store", "status"];

    protected override void ExplainSuccess(Report report)
    {
    }
}
