using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain rollback</c></summary>
internal static class ToolchainRollback
{
    private const string Discussion =
        """
        Makes a new generation that is what an older one was: its release
        with its components and targets. Nothing is downloaded, and what runs
        from the newer one goes on to its end.

        With no generation specified, it is the one before the current one;
        doing it again goes back further. `rustup store undo` takes it back,
        and `rustup update` follows the channel again.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var generation = TextArgument.Optional(
            "GENERATION", "Number of a generation, or what it is kept as. See `rustup toolchain history`");
        var json = JsonResult.CreateFlag();
        var verb = new Verb("rollback", "Go back to an earlier generation of a toolchain") { Discussion = Discussion, IsAddition = true };
        verb.Add(toolchain);
        verb.Add(generation);
        verb.Add(json);
        verb.SetAction(parse => Run(
            context, parse.GetRequiredValue(toolchain), parse.GetValue(generation), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, string toolchain, string? generation, bool isJson)
    {
        using var workspace = new Workspace(context);
        var name = workspace.ResolveName(toolchain);
        var outcome = workspace.Writing.RollBack(name, generation);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("toolchain", name.Text);
                json.Add("changed", outcome.HasMoved);
                json.AddObject("from", from => GenerationTexts.AddJson(from, outcome.From));
                json.AddObject("to", to => GenerationTexts.AddJson(to, outcome.To));
                json.AddObject("current", current => GenerationTexts.AddJson(current, outcome.Current));
            });
            return 0;
        }
        UpdateSummary.Write(context.Output,
        [
            outcome.HasMoved
                ? new SummaryRow(name.Text, "rolled back", GenerationTexts.Release(outcome.To), GenerationTexts.Release(outcome.From))
                : new SummaryRow(name.Text, "unchanged", GenerationTexts.Release(outcome.To), OldVersion: null),
        ]);
        if (outcome.HasMoved)
        {
            workspace.Reporter.Info(
                $"generation {outcome.Current.Number} of {name.Text} is what generation {outcome.To.Number} was");
            if (name is ToolchainName.Official { IsTracking: true })
            {
                workspace.Reporter.Info("`rustup update` follows the channel again; `rustup store undo` takes the rollback back");
            }
        }
        return 0;
    }
}
