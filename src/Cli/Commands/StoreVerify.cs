using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Trees;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store verify</c></summary>
internal static class StoreVerify
{
    internal static Command Create(CommandContext context)
    {
        var contents = new Flag("--contents", "Also read every file and compare its checksum");
        var repair = new Flag("--repair", "Compare contents, too; fetch what is damaged again, rebuild what was lost");
        var json = JsonResult.CreateFlag();
        var verb = new Verb("verify", "Check that what is installed is complete and unchanged");
        verb.Add(contents);
        verb.Add(repair);
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(contents), parse.GetValue(repair), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, bool contents, bool repairs, bool isJson)
    {
        using var workspace = new Workspace(context);
        // Whoever repairs wants it whole: an edited file that kept its size and time is found by its bytes alone.
        var findings = repairs ? workspace.Repair.Repair(readsContents: true) : workspace.Repair.Verify(contents);
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.AddList("findings", findings, AddJson));
        }
        else
        {
            foreach (var finding in findings)
            {
                context.Output.WriteLine($"{finding.Subject}: {finding.Problem}{DescribeOutcome(finding)}");
            }
        }
        var problems = findings.Count(finding => finding.IsProblem);
        var repaired = findings.Count(finding => finding.Outcome == FindingOutcome.Repaired);
        if (repaired > 0)
        {
            workspace.Reporter.Info($"{Count(repaired)} repaired");
        }
        if (problems == 0)
        {
            workspace.Reporter.Info("everything is as it was installed"
                + (contents || repairs ? "" : ", but for bytes, which `--contents` compares"));
            return 0;
        }
        workspace.Reporter.Info(repairs
            ? $"{Count(problems)} could not be repaired"
            : $"{Count(problems)} found; `rustup store verify --repair` repairs what can be");
        return 1;
    }

    private static string DescribeOutcome(Finding finding) => finding.Outcome switch
    {
        FindingOutcome.Repaired => $": repaired{(finding.Remark is { } kept ? $", {kept}" : "")}",
        FindingOutcome.NotRepaired => $": not repaired{(finding.Remark is { } remark ? $", {remark}" : "")}",
        _ => "",
    };

    private static void AddJson(JsonMembers json, Finding finding)
    {
        json.Add("kind", Format(finding.Kind));
        json.Add("subject", finding.Subject);
        json.Add("path", finding.Path);
        json.Add("problem", finding.Problem);
        json.Add("outcome", Format(finding.Outcome));
        json.Add("remark", finding.Remark);
        json.Add("is_problem", finding.IsProblem);
    }

    private static string Format(FindingKind kind) => kind switch
    {
        FindingKind.Journal => "journal",
        FindingKind.Row => "row",
        FindingKind.Component => "component",
        FindingKind.Tree => "tree",
        FindingKind.Archive => "archive",
        FindingKind.View => "view",
        FindingKind.Record => "record",
        FindingKind.Unnamed => "unnamed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Format(FindingOutcome outcome) => outcome switch
    {
        FindingOutcome.Found => "found",
        FindingOutcome.Repaired => "repaired",
        FindingOutcome.NotRepaired => "not-repaired",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static string Count(int problems) => $"{problems} problem{(problems == 1 ? "" : "s")}";
}
