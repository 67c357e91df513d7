using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Trees;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store verify</c></summary>
internal static class StoreVerify
{
    internal static Command Create(CommandContext context)
    {
        var contents = new Flag("--contents", "Also read every file and compare its checksum");
        var repair = new Flag("--repair", "Fetch what is damaged again and rebuild what was lost");
        var verb = new Verb("verify", "Check that what is installed is complete and unchanged");
        verb.Add(contents);
        verb.Add(repair);
        verb.SetAction(parse => Run(context, parse.GetValue(contents), parse.GetValue(repair)));
        return verb;
    }

    private static int Run(CommandContext context, bool contents, bool repairs)
    {
        using var workspace = new Workspace(context);
        var findings = repairs ? workspace.Repair.Repair(contents) : workspace.Repair.Verify(contents);
        foreach (var finding in findings)
        {
            context.Output.WriteLine($"{finding.Subject}: {finding.Problem}{DescribeOutcome(finding)}");
        }
        var problems = findings.Count(finding => finding.IsProblem);
        var repaired = findings.Count(finding => finding.Outcome == FindingOutcome.Repaired);
        if (repaired > 0)
        {
            workspace.Reporter.Info($"{Count(repaired)} repaired");
        }
        if (problems == 0)
        {
            workspace.Reporter.Info("everything is as it was installed");
            return 0;
        }
        workspace.Reporter.Info(repairs
            ? $"{Count(problems)} could not be repaired"
            : $"{Count(problems)} found; `rustup store verify --repair` repairs what can be");
        return 1;
    }

    private static string DescribeOutcome(Finding finding) => finding.Outcome switch
    {
        FindingOutcome.Repaired => ": repaired",
        FindingOutcome.NotRepaired => $": not repaired{(finding.Remark is { } remark ? $", {remark}" : "")}",
        _ => "",
    };

    private static string Count(int problems) => $"{problems} problem{(problems == 1 ? "" : "s")}";
}
