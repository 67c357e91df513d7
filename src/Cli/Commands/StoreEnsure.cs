using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store ensure</c>: installs what a proxy was asked to run and does not find.</summary>
internal static class StoreEnsure
{
    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required("TOOLCHAIN", "");
        var components = new ListOption("--component", "COMPONENT", "");
        var targets = new ListOption("--target", "TARGET", "");
        var profile = new TextOption("--profile", "PROFILE", "");
        var force = new Flag("--force", "Install without what the release does not offer");
        var verb = new Verb("ensure", "Install a toolchain with what a toolchain file lists") { Hidden = true };
        verb.Add(toolchain);
        verb.Add(components);
        verb.Add(targets);
        verb.Add(profile);
        verb.Add(force);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(toolchain),
            parse.GetRequiredValue(components),
            parse.GetRequiredValue(targets),
            parse.GetValue(profile),
            parse.GetValue(force)));
        return verb;
    }

    private static int Run(
        CommandContext context,
        string toolchain,
        IReadOnlyList<string> components,
        IReadOnlyList<string> targets,
        string? profile,
        bool isForced)
    {
        using var workspace = new Workspace(context);
        if (ToolchainName.TryParse(toolchain) is not ToolchainName.Official name)
        {
            throw new StoreException(StoreErrorKind.Usage, $"invalid toolchain name: '{toolchain}'");
        }
        workspace.EnsureInstalled(name, new Selection(
            new ToolchainReference.Named(name),
            isForced ? new SelectionReason.CommandLine() : new SelectionReason.EnvironmentVariable(),
            components,
            targets,
            profile is null ? null : ProfileText.Parse(profile)));
        return 0;
    }
}
