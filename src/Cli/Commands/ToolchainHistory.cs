using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain history</c></summary>
internal static class ToolchainHistory
{
    private const string Discussion =
        """
        Whatever changes a toolchain makes a new generation of it. What was
        replaced stays for seven days, or as long as `rustup toolchain keep`
        says, and `rustup toolchain rollback` goes back to it.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var json = JsonResult.CreateFlag();
        var verb = new Verb("history", "List the generations of a toolchain") { Discussion = Discussion, IsAddition = true };
        verb.Add(toolchain);
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchain), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, string toolchain, bool isJson)
    {
        using var workspace = new Workspace(context);
        var name = workspace.ResolveName(toolchain);
        var generations = workspace.Reading.ListGenerations(name);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("toolchain", name.Text);
                json.AddList("generations", generations, GenerationTexts.AddJson);
            });
            return 0;
        }
        context.Output.WriteLine(name.Text);
        TextTable.Write(context.Output,
        [
            .. generations.Select(generation => (IReadOnlyList<string>)
            [
                $"  {generation.Number}",
                LocalTime.Format(generation.MadeAt),
                generation.OperationKind ?? "-",
                GenerationTexts.Release(generation),
                GenerationTexts.Marks(generation),
            ]),
        ]);
        return 0;
    }
}
