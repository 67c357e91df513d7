using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup check</c></summary>
internal static class Check
{
    private static readonly string exitStatus =
        $"""
        {TextStyle.Literal.Apply("0")}   Everything is up to date.
        {TextStyle.Literal.Apply("100")} At least one update is available.
        {TextStyle.Literal.Apply("1")}   An error occurred.
        """;

    internal static Command Create(CommandContext context)
    {
        var noSelfUpdate = new Flag(
            "--no-self-update", "Don't check for self update when running the `rustup check` command");
        var verb = new Verb("check", "Check for updates to Rust toolchains and rustup")
        {
            Sections = [new HelpSection("Exit status", exitStatus)],
        };
        verb.Add(noSelfUpdate);
        verb.SetAction(parse => Run(context, parse.GetValue(noSelfUpdate)));
        return verb;
    }

    private static int Run(CommandContext context, bool noSelfUpdate)
    {
        using var workspace = new Workspace(context);
        var hasUpdate = false;
        foreach (var name in Update.Tracked(workspace.Reading))
        {
            var check = workspace.Reading.CheckForUpdate(name);
            hasUpdate |= check.Available is not null;
            context.Output.WriteLine(TextStyle.Bold.Apply($"{name.Text} - ") + check switch
            {
                { Available: { } available, Installed: var installed } =>
                    $"{TextStyle.Notable.Apply("update available")}: {installed ?? "(unknown version)"} -> {available}",
                { Installed: { } installed } => $"{TextStyle.Good.Apply("up to date")}: {installed}",
                _ => "cannot identify installed or update versions",
            });
        }
        hasUpdate |= SelfUpdating.Check(workspace, noSelfUpdate);
        return hasUpdate ? UpdateAvailable : 0;
    }

    /// <summary>The exit code that says so to scripts.</summary>
    private const int UpdateAvailable = 100;
}
