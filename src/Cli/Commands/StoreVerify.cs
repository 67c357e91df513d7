using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store verify</c></summary>
internal static class StoreVerify
{
    internal static Command Create(CommandContext context)
    {
        var contents = new Flag("--contents", "Also read every file and compare its checksum");
        var verb = new Verb("verify", "Check that what is installed is complete and unchanged");
        verb.Add(contents);
        verb.SetAction(parse => Run(context, parse.GetValue(contents)));
        return verb;
    }

    private static int Run(CommandContext context, bool contents)
    {
        using var workspace = new Workspace(context);
        var findings = workspace.Reading.Verify(contents);
        foreach (var finding in findings)
        {
            context.Output.WriteLine($"{finding.Subject}: {finding.Problem}");
        }
        if (findings.Count == 0)
        {
            workspace.Reporter.Info("everything is as it was installed");
            return 0;
        }
        workspace.Reporter.Info($"{findings.Count} problem{(findings.Count == 1 ? "" : "s")} found");
        return 1;
    }
}
