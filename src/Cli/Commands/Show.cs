using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show</c></summary>
internal static class Show
{
    private const string Discussion =
        """
        Shows the name of the active toolchain and the version of `rustc`.

        If the active toolchain has installed support for additional
        compilation targets, then they are listed as well.

        If there are multiple toolchains installed then all installed
        toolchains are listed as well.
        """;

    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag(
            "--verbose", "Enable verbose output with rustc information for all installed toolchains", "-v");
        var verb = new Verb("show", "Show the active and installed toolchains or profiles")
        {
            Discussion = Discussion,
        };
        verb.Add(isVerbose);
        verb.Add(ShowActiveToolchain.Create(context));
        verb.Add(ShowHome.Create(context));
        verb.Add(ShowProfile.Create(context));
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose)
    {
        using var workspace = new Workspace(context);
        var output = context.Output;
        output.WriteLine(TextStyle.Good.Apply("Default host: ") + workspace.Reading.DefaultHost);
        output.WriteLine(TextStyle.Good.Apply("rustup home:  ") + workspace.Homes.RustupHome);
        output.WriteLine();
        // Listed before the active one is installed, as rustup does.
        var installed = workspace.Reading.Catalog.List();
        var selection = workspace.EnsureActive();
        var targets = ListTargets(workspace, selection);
        WriteTitle(output, "installed toolchains");
        WriteInstalled(workspace, installed, selection, isVerbose);
        output.WriteLine();
        WriteTitle(output, "active toolchain");
        WriteActive(workspace, selection, targets, isVerbose);
        return 0;
    }

    private static void WriteTitle(TextWriter output, string title)
    {
        output.WriteLine(TextStyle.Good.Apply(title));
        output.WriteLine(TextStyle.Good.Apply(new string('-', title.Length)));
    }

    private static void WriteInstalled(
        Workspace workspace, IReadOnlyList<InstalledToolchain> toolchains, Selection? selection, bool isVerbose)
    {
        var defaultName = DefaultToolchain.Find(workspace);
        for (var index = 0; index < toolchains.Count; index++)
        {
            var toolchain = toolchains[index];
            var name = toolchain.Name.Text;
            workspace.Output.WriteLine(
                name + DefaultToolchain.Mark(name == selection?.Toolchain.Text, name == defaultName));
            if (!isVerbose)
            {
                continue;
            }
            workspace.Output.WriteLine($"  {UpdateSummary.CompilerVersion(workspace.Reading, name, toolchain.Location)}");
            workspace.Output.WriteLine($"  path: {workspace.Reading.Layout.ToolchainView(name)}");
            if (index < toolchains.Count - 1)
            {
                workspace.Output.WriteLine();
            }
        }
    }

    private static void WriteActive(
        Workspace workspace, Selection? selection, IReadOnlyList<string> targets, bool isVerbose)
    {
        var output = workspace.Output;
        if (selection is null || workspace.Locate(selection.Toolchain) is not { } location)
        {
            output.WriteLine("no active toolchain");
            return;
        }
        output.WriteLine($"name: {selection.Toolchain.Text}");
        output.WriteLine($"active because: {selection.Reason.Description}");
        if (isVerbose)
        {
            output.WriteLine($"compiler: {UpdateSummary.CompilerVersion(workspace.Reading, selection.Toolchain.Text, location)}");
            output.WriteLine($"path: {workspace.ShownPath(selection.Toolchain)}");
        }
        output.WriteLine("installed targets:");
        foreach (var target in targets)
        {
            output.WriteLine($"  {target}");
        }
    }

    private static IReadOnlyList<string> ListTargets(Workspace workspace, Selection? selection)
    {
        if (selection is null || workspace.Locate(selection.Toolchain) is not { } location)
        {
            return [];
        }
        if (location is ToolchainLocation.Stored
            && selection.Toolchain is ToolchainReference.Named { Name: ToolchainName.Official name })
        {
            return
            [
                .. workspace.Reading.ReadComponents(name).Installed
                    .Where(component => component.Package == "rust-std")
                    .Select(component => component.Target).OfType<string>().Order(StringComparer.Ordinal),
            ];
        }
        // Without a manifest the directories below lib/rustlib tell: those with a lib/ of their own.
        var libraries = Path.Combine(location.SysrootPath, "lib", "rustlib");
        return
        [
            .. workspace.Files.List(libraries)
                .Where(entry => workspace.Files.IsDirectory(Path.Combine(libraries, entry.Name, "lib")))
                .Select(entry => entry.Name).Order(StringComparer.Ordinal),
        ];
    }
}
