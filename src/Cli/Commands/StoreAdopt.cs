using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store adopt</c></summary>
internal static class StoreAdopt
{
    private const int ListedFilesMax = 10;

    private const string Discussion =
        """
        Toolchains that another rustup installed are listed and run where
        they are. Adopting makes them toolchains of the store, without a
        download and while they are used. Files that no component names
        are kept aside and listed.

        With no toolchain specified, every one is adopted.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", ToolchainArgument.OfficialDescription, ToolchainArgument.FindOfficialFault);
        var json = JsonResult.CreateFlag();
        var verb = new Verb("adopt", "Take over toolchains that another rustup installed") { Discussion = Discussion };
        verb.Add(toolchains);
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchains), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, IReadOnlyList<string> toolchains, bool isJson)
    {
        using var workspace = new Workspace(context);
        var names = toolchains.Count > 0
            ? toolchains.Select(workspace.ResolveOfficial).ToList()
            : ListAdoptable(workspace);
        if (names.Count == 0)
        {
            workspace.Reporter.Info("there is no toolchain to adopt");
        }
        var adopted = new List<Adoption>();
        var failures = names.Count(name => !TryAdopt(workspace, name, adopted));
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.AddList("adopted", adopted, AddJson));
        }
        else
        {
            adopted.ForEach(adoption => context.Output.WriteLine($"{adoption.Name.Text} adopted - {adoption.ComponentCount} components"));
        }
        if (names.Count > 0)
        {
            BackgroundCollection.Start(workspace);
        }
        return failures == 0 ? 0 : 1;
    }

    private static List<ToolchainName.Official> ListAdoptable(Workspace workspace)
    {
        var names = new List<ToolchainName.Official>();
        foreach (var toolchain in workspace.Writing.Catalog.List().Where(toolchain => !toolchain.IsStored))
        {
            if (toolchain.Name is ToolchainName.Official name && workspace.Writing.IsAdoptable(name))
            {
                names.Add(name);
            }
            else
            {
                workspace.Reporter.Info($"{toolchain.Name.Text} stays as it is: no rustup installed it, or not to its end");
            }
        }
        return names;
    }

    /// <summary>One that cannot be adopted is reported, stays as it is, and does not keep the others from it.</summary>
    private static bool TryAdopt(Workspace workspace, ToolchainName.Official name, List<Adoption> adopted)
    {
        try
        {
            if (workspace.Writing.Adopt(name) is { } adoption)
            {
                adopted.Add(adoption);
                ReportKept(workspace, adoption);
                return true;
            }
            if (workspace.Writing.Catalog.Find(name) is not { } toolchain)
            {
                throw Workspace.NotInstalled(new ToolchainReference.Named(name), isActive: false);
            }
            workspace.Reporter.Info(toolchain.IsStored
                ? $"{name.Text} is in the store already"
                : $"{name.Text} stays as it is: no rustup installed it, or not to its end");
            return toolchain.IsStored;
        }
        catch (StoreException failed)
        {
            workspace.Reporter.Error(failed);
            return false;
        }
    }

    private static void AddJson(JsonMembers json, Adoption adoption)
    {
        json.Add("name", adoption.Name.Text);
        json.Add("component_count", adoption.ComponentCount);
        json.Add("kept_path", adoption.KeptPath);
        json.AddList("kept_files", adoption.KeptFiles);
    }

    private static void ReportKept(Workspace workspace, Adoption adoption)
    {
        if (adoption.KeptPath is null)
        {
            return;
        }
        workspace.Reporter.Warn(
            $"{adoption.KeptFiles.Count} file{(adoption.KeptFiles.Count == 1 ? "" : "s")} of no component kept in '{adoption.KeptPath}':");
        foreach (var path in adoption.KeptFiles.Take(ListedFilesMax))
        {
            workspace.Reporter.Warn($"  {path}");
        }
        if (adoption.KeptFiles.Count > ListedFilesMax)
        {
            workspace.Reporter.Warn($"  and {adoption.KeptFiles.Count - ListedFilesMax} more");
        }
    }
}
