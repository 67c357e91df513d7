using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain keep</c></summary>
internal static class ToolchainKeep
{
    private const int TextLengthMax = 100;

    private const string Discussion =
        """
        A generation that is kept is not collected after it was replaced,
        until it is released or the toolchain uninstalled. What it is kept as
        can be given to `rustup toolchain rollback` instead of its number.

        With no generation specified, it is the current one.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var generation = TextArgument.Optional(
            "GENERATION", "Number of a generation, or what it is kept as. See `rustup toolchain history`");
        var keptAs = new TextOption("--as", "TEXT", "What to call it") { FindFault = FindFault };
        var release = new Flag("--release", "Let it be collected in time again");
        var json = JsonResult.CreateFlag();
        var verb = new Verb("keep", "Keep a generation of a toolchain from being collected")
        {
            Discussion = Discussion,
            IsAddition = true,
            Exclusive = [[keptAs, release]],
        };
        verb.Add(toolchain);
        verb.Add(generation);
        verb.Add(keptAs);
        verb.Add(release);
        verb.Add(json);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(toolchain),
            parse.GetValue(generation),
            parse.GetValue(release) ? null : parse.GetValue(keptAs) ?? "",
            parse.GetValue(json)));
        return verb;
    }

    private static string? FindFault(string text) => text switch
    {
        "" => "nothing to call it",
        { Length: > TextLengthMax } => $"longer than {TextLengthMax} characters",
        _ when text.Any(char.IsControl) => "not a line of text",
        _ when Toolchains.ToolchainHistory.TryParseNumber(text) is not null => "a number, which would be taken for a generation's",
        _ => null,
    };

    private static int Run(CommandContext context, string toolchain, string? which, string? keptAs, bool isJson)
    {
        using var workspace = new Workspace(context);
        var name = workspace.ResolveName(toolchain);
        var generation = workspace.Writing.Keep(name, which, keptAs);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("toolchain", name.Text);
                json.AddObject("generation", members => GenerationTexts.AddJson(members, generation));
            });
            return 0;
        }
        workspace.Reporter.Info(keptAs switch
        {
            null => $"generation {generation.Number} of {name.Text} goes in time{(generation.IsCurrent ? ", once it is replaced" : "")}",
            "" => $"generation {generation.Number} of {name.Text} is kept",
            _ => $"generation {generation.Number} of {name.Text} is kept as '{keptAs}'",
        });
        return 0;
    }
}
