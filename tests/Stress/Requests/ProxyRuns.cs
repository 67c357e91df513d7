using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>A tool that is run through its proxy.</summary>
public abstract record ProxyRun : Question
{
    protected static void RequireLines(Report report, int count)
    {
        if (Lines(report).Count() != count)
        {
            throw report.Misbehaviour($"{count} lines were to be printed");
        }
    }
}

public sealed record RunCompiler(Channel Channel) : ProxyRun
{
    /// <summary>Whether a missing toolchain is installed first.</summary>
    public bool Installs { get; init; }

    public override string Program => "rustc";

    public override IReadOnlyList<string> Arguments => [$"+{Channel.Name}", "--version"];

    public override IReadOnlyDictionary<string, string> Variables =>
        new Dictionary<string, string> { ["RUSTUP_AUTO_INSTALL"] = Installs ? "1" : "0" };

    // The installation is a process of its own, which outlives a killed proxy.
    public override bool CanBeKilled => !Installs;

    protected override void ExplainSuccess(Report report)
    {
        RequireLines(report, 1);
        ExplainInstallation(report);
        report.SawVersion(Channel.FullName, report.Command.Output);
    }

    protected override void ExplainFailure(Report report)
    {
        ExplainInstallation(report);
        base.ExplainFailure(report);
    }

    private void ExplainInstallation(Report report)
    {
        if (Installs)
        {
            report.InstalledPerhaps(Channel);
        }
    }
}

/// <summary>A build: a cargo that runs the compiler and, after a while, the documentation tool.</summary>
public sealed record Build(Channel Channel, TimeSpan Pause) : ProxyRun
{
    public override string Program => "cargo";

    public override IReadOnlyList<string> Arguments =>
        [$"+{Channel.Name}", "call", "sh", "-c", $"rustc --version; sleep {Pause.TotalSeconds:0.000}; rustdoc --version && rustc -vV"];

    protected override void ExplainSuccess(Report report)
    {
        RequireLines(report, 4);
        report.SawOneRelease(Channel.FullName, [.. Lines(report).Take(3)]);
    }
}

/// <summary>A cargo that stays for a while before it runs the compiler.</summary>
public sealed record HoldThenCompile(Channel Channel, TimeSpan Held) : ProxyRun
{
    public override string Program => "cargo";

    public override IReadOnlyList<string> Arguments => [$"+{Channel.Name}", "then", "rustc", "--version"];

    public override TimeSpan InputOpen => Held;

    protected override void ExplainSuccess(Report report)
    {
        RequireLines(report, 1);
        report.SawVersion(Channel.FullName, report.Command.Output);
    }
}

/// <summary>A compiler that stays for a while.</summary>
public sealed record Hold(Channel Channel, TimeSpan Held) : ProxyRun
{
    public override string Program => "rustc";

    public override IReadOnlyList<string> Arguments => [$"+{Channel.Name}", "--hold"];

    public override TimeSpan InputOpen => Held;

    protected override void ExplainSuccess(Report report)
    {
        if (report.Command.Output != "released\n")
        {
            throw report.Misbehaviour("the tool was not itself until its end");
        }
        report.SawPresent(Channel.FullName);
    }
}

/// <summary>A build in a directory, by its override or else the default.</summary>
public sealed record BuildInDirectory(string Directory) : ProxyRun
{
    public override string Program => "cargo";

    public override IReadOnlyList<string> Arguments =>
        ["call", "sh", "-c", "echo \"$RUSTUP_TOOLCHAIN $RUSTUP_TOOLCHAIN_SOURCE\"; rustc --version; rustdoc --version"];

    public override string? WorkingDirectory => Directory;

    protected override void ExplainSuccess(Report report)
    {
        RequireLines(report, 3);
        var lines = Lines(report).ToList();
        switch (lines[0].Split(' '))
        {
            case [var name, "path-override"]:
                report.SawOverride(Directory, name);
                report.SawOneRelease(name, lines[1..]);
                break;
            case [var name, "default"]:
                report.SawOverride(Directory, null);
                report.SawDefault(name);
                report.SawOneRelease(name, lines[1..]);
                break;
            default:
                throw report.Misbehaviour("the tool does not know what it was chosen by");
        }
    }

    protected override void ExplainFailure(Report report)
    {
        if (report.ErrorContains("no default is configured"))
        {
            report.SawOverride(Directory, null);
            report.SawDefault(null);
            return;
        }
        base.ExplainFailure(report);
    }
}
