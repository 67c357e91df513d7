using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store refresh</c>: what proxies leave to this program before they can look something up.</summary>
internal static class StoreRefresh
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("refresh", "Bring the journal in line with settings.toml") { Hidden = true };
        verb.SetAction(_ => Run(context));
        return verb;
    }

    /// <summary>Where it cannot be done, the proxy reads settings.toml itself.</summary>
    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        workspace.Refresh();
        return 0;
    }
}
