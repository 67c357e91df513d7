using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store export</c></summary>
internal static class StoreExport
{
    private const string Discussion =
        """
        A directory, if PATH is one or ends with a slash, otherwise one file.
        `rustup store import` takes it over without a server. An interrupted
        export goes on where it was when it is run again.
        """;

    internal static Command Create(CommandContext context)
    {
        var path = TextArgument.RequiredPath("PATH", "Where to write it");
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", "The toolchains to export, by default all", ToolchainArgument.FindOfficialFault);
        var json = JsonResult.CreateFlag();
        var verb = new Verb("export", "Write toolchains to a file or directory for another machine") { Discussion = Discussion };
        verb.Add(path);
        verb.Add(toolchains);
        verb.Add(json);
        verb.SetAction(parse => Run(
            context, parse.GetRequiredValue(path), parse.GetRequiredValue(toolchains), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, string path, IReadOnlyList<string> toolchains, bool isJson)
    {
        using var workspace = new Workspace(context);
        var exported = workspace.Reading.Export(
            path, toolchains.Count > 0 ? [.. toolchains.Select(workspace.ResolveOfficial)] : ListAll(workspace));
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("path", Path.GetFullPath(path));
                json.AddList("exported", exported, (json, toolchain) =>
                {
                    json.Add("name", toolchain.Name);
                    json.Add("component_count", toolchain.Components.Count);
                });
            });
            return 0;
        }
        foreach (var toolchain in exported)
        {
            context.Output.WriteLine($"{toolchain.Name}: {toolchain.Components.Count} components");
        }
        return 0;
    }

    private static List<ToolchainName.Official> ListAll(Workspace workspace)
    {
        List<ToolchainName.Official> stored = [];
        foreach (var installed in workspace.Reading.Catalog.List())
        {
            if (installed is { Name: ToolchainName.Official name, Location: ToolchainLocation.Stored })
            {
                stored.Add(name);
            }
            else
            {
                workspace.Reporter.Info($"leaving out '{installed.Name.Text}', which is not in the store");
            }
        }
        return stored.Count > 0
            ? stored
            : throw new StoreException(StoreErrorKind.NotFound, "no toolchain is installed that could be exported\nhelp: `rustup toolchain install stable` installs one");
    }
}
