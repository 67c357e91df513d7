using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Exchange;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store import</c></summary>
internal static class StoreImport
{
    private const string Discussion =
        """
        Everything is compared with the digests in the export before it is used.
        An interrupted import goes on when it is run again: toolchains that are
        there are left alone.
        """;

    internal static Command Create(CommandContext context)
    {
        var path = TextArgument.RequiredPath("PATH", "What `rustup store export` wrote");
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", "The toolchains to import, by default all", ToolchainArgument.FindOfficialFault);
        var replace = new Flag("--replace", "Move names that mean another release here, too");
        var json = JsonResult.CreateFlag();
        var verb = new Verb("import", "Take over toolchains that another machine exported") { Discussion = Discussion };
        verb.Add(path);
        verb.Add(toolchains);
        verb.Add(replace);
        verb.Add(json);
        verb.SetAction(parse => Run(
            context, parse.GetRequiredValue(path), parse.GetRequiredValue(toolchains), parse.GetValue(replace), parse.GetValue(json)));
        return verb;
    }

    private static int Run(
        CommandContext context, string path, IReadOnlyList<string> toolchains, bool replaces, bool isJson)
    {
        using var workspace = new Workspace(context);
        var export = ExportReader.Open(Machine.Host, path);
        var outcomes = new List<(string Name, ImportOutcome Outcome)>();
        foreach (var toolchain in Choose(export, [.. toolchains.Select(text => workspace.ResolveOfficial(text).Text)]))
        {
            var outcome = workspace.Writing.Import(export, toolchain, replaces);
            outcomes.Add((toolchain.Name, outcome));
            if (!isJson)
            {
                context.Output.WriteLine($"{toolchain.Name}: {Describe(outcome)}");
            }
            if (outcome == ImportOutcome.Imported && workspace.Writing.TrySetDefaultToolchain(toolchain.Name))
            {
                workspace.Reporter.Info($"default toolchain set to {toolchain.Name}");
            }
        }
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.AddList("toolchains", outcomes, (json, toolchain) =>
            {
                json.Add("name", toolchain.Name);
                json.Add("outcome", Format(toolchain.Outcome));
            }));
        }
        return 0;
    }

    private static string Describe(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Imported => "imported",
        ImportOutcome.Unchanged => "unchanged",
        _ => "kept, it is of another release here; --replace moves it",
    };

    private static string Format(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Imported => "imported",
        ImportOutcome.Unchanged => "unchanged",
        _ => "kept",
    };

    private static IReadOnlyList<ExportedToolchain> Choose(ExportReader export, IReadOnlyList<string> names) => names.Count == 0
        ? export.Index.Toolchains
        : [.. names.Select(name => export.Index.Toolchains.FirstOrDefault(toolchain => toolchain.Name == name)
            ?? throw new StoreException(
                StoreErrorKind.NotFound,
                $"the export does not hold '{name}'\nhelp: it holds "
                + string.Join(", ", export.Index.Toolchains.Select(toolchain => $"'{toolchain.Name}'"))))];
}
