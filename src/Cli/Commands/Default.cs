using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup default</c></summary>
internal static class Default
{
    private const string Discussion =
        """
        Sets the default toolchain to the one specified. If the toolchain
        is not already installed then it is installed first.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Optional(
            "TOOLCHAIN", ToolchainArgument.AnyOrNoneDescription, ToolchainArgument.FindAnyOrNoneFault);
        var forceNonHost = SharedFlags.ForceNonHost();
        var verb = new Verb("default", "Set the default toolchain") { Discussion = Discussion };
        verb.Add(toolchain);
        verb.Add(forceNonHost);
        verb.SetAction(parse => Run(context, parse.GetValue(toolchain), parse.GetValue(forceNonHost)));
        return verb;
    }

    private static int Run(CommandContext context, string? toolchain, bool forceNonHost)
    {
        using var workspace = new Workspace(context);
        if (toolchain is null)
        {
            var current = DefaultToolchain.Find(workspace)
                ?? throw new StoreException(StoreErrorKind.NotFound, "no default toolchain is configured");
            context.Output.WriteLine($"{current} (default)");
            return 0;
        }
        switch (RequestedToolchain.ParseOfficialCustomOrNone(toolchain))
        {
            case RequestedToolchain.None:
                workspace.Writing.SetSetting(SettingKeys.DefaultToolchain, null);
                workspace.Reporter.Info("default toolchain unset");
                break;
            case RequestedToolchain.Custom custom:
                if (workspace.Writing.Catalog.Find(custom.Name) is null)
                {
                    throw Workspace.NotInstalled(new ToolchainReference.Named(custom.Name), isActive: false);
                }
                Set(workspace, custom.Name);
                break;
            case RequestedToolchain.Official official:
                SetOfficial(workspace, official.Name, forceNonHost);
                break;
        }
        WarnIfOverridden(workspace);
        return 0;
    }

    private static void SetOfficial(Workspace workspace, PartialToolchainName partial, bool forceNonHost)
    {
        var name = partial.Resolve(workspace.Writing.DefaultHost);
        ToolchainFollowing.RequireCompatible(workspace, name, forceNonHost);
        var row = ToolchainFollowing.EnsureInstalled(workspace, name);
        Set(workspace, name);
        UpdateSummary.Write(workspace.Output, [row]);
    }

    private static void Set(Workspace workspace, ToolchainName name)
    {
        workspace.Writing.SetSetting(SettingKeys.DefaultToolchain, name.Text);
        workspace.Reporter.Info($"default toolchain set to {name.Text}");
    }

    private static void WarnIfOverridden(Workspace workspace)
    {
        if (workspace.TryFindSelection() is { Reason: not SelectionReason.Default } selection)
        {
            workspace.Reporter.Info(
                $"note that the toolchain '{selection.Toolchain.Text}' is currently in use ({selection.Reason.Description})");
        }
    }
}
