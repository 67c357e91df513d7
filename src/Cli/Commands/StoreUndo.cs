using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store undo</c></summary>
internal static class StoreUndo
{
    private const string Discussion =
        """
        Gives the toolchains that the last command installed, changed, linked
        or uninstalled back what they were before, without a download. What
        was collected meanwhile cannot be restored, and what an uninstalled
        toolchain was is forgotten at once.

        `rustup store log` lists operations, of which a command has one for
        each toolchain; with one specified, only that is undone. An undo can
        be undone.
        """;

    internal static Command Create(CommandContext context)
    {
        var operation = TextArgument.Optional(
            "OPERATION", "Id of an operation, or its beginning", text => text.Length == 0 ? "nothing" : null);
        var json = JsonResult.CreateFlag();
        var verb = new Verb("undo", "Restore the toolchains that the last command changed") { Discussion = Discussion };
        verb.Add(operation);
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(operation), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, string? operation, bool isJson)
    {
        using var workspace = new Workspace(context);
        var undone = workspace.Writing.Undo(operation);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.AddObject("operation", members => StoreLog.AddJson(members, undone.Operations[^1]));
                json.AddList("operations", undone.Operations, StoreLog.AddJson);
                json.AddList("toolchains", undone.Names, AddJson);
            });
        }
        else
        {
            workspace.Reporter.Info(
                $"undone: `{undone.Operations[0].CommandLine}` of {LocalTime.Format(undone.Operations[0].StartedAt)}");
            if (undone.PassedOver is { } later)
            {
                workspace.Reporter.Info($"`{later.CommandLine}`, which came after it, moved no toolchain and stays as it is");
            }
            UpdateSummary.Write(context.Output, [.. undone.Names.Select(Summarize)]);
        }
        if (undone.Names.Any(name => name.IsGone))
        {
            BackgroundCollection.Start(workspace);
        }
        return 0;
    }

    private static SummaryRow Summarize(RestoredName name) => name switch
    {
        { Current: { } generation } => new SummaryRow(name.Name, "restored", GenerationTexts.Release(generation), OldVersion: null),
        { LinkedPath: { } path } => new SummaryRow(name.Name, "restored", $"linked to {path}", OldVersion: null),
        _ => new SummaryRow(name.Name, "removed", "(toolchain not installed)", OldVersion: null),
    };

    private static void AddJson(JsonMembers json, RestoredName name)
    {
        json.Add("name", name.Name);
        json.Add("linked_path", name.LinkedPath);
        if (name.Current is { } generation)
        {
            json.AddObject("generation", members => GenerationTexts.AddJson(members, generation));
        }
        else
        {
            json.Add("generation", (string?)null);
        }
    }
}
