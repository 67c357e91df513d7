using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary>The installer: <c>rustup-init</c></summary>
internal static class Initialize
{
    internal static Verb Create(CommandContext context)
    {
        var isVerbose = SharedFlags.IsVerbose();
        var isQuiet = SharedFlags.IsQuiet();
        var noPrompt = new Flag("-y", "Disable confirmation prompt");
        var defaultHost = new TextOption("--default-host", "DEFAULT_HOST", "Choose a default host triple");
        var defaultToolchain = new TextOption(
            "--default-toolchain",
            "DEFAULT_TOOLCHAIN",
            "Choose a default toolchain to install. Use 'none' to not install any toolchains at all")
        {
            FindFault = ToolchainArgument.FindOfficialOrNoneFault,
        };
        var profile = new TextOption("--profile", "PROFILE", "")
        {
            PossibleValues = ["minimal", "default", "complete"],
            DefaultText = "default",
        };
        var components = new ListOption(
            "--component", "COMPONENT", "Comma-separated list of component names to also install", "-c");
        var targets = new ListOption(
            "--target", "TARGET", "Comma-separated list of target names to also install", "-t");
        var noUpdateDefaultToolchain = new Flag(
            "--no-update-default-toolchain", "Don't update any existing default toolchain after install");
        var noModifyPath = new Flag("--no-modify-path", "Don't configure the PATH environment variable");
        var selfReplace = new Flag("--self-replace", "") { Hidden = true };
        var dumpTestament = new Flag("--dump-testament", "") { Hidden = true };
        var verb = new Verb("rustup-init[EXE]", "The installer for rustup")
        {
            Exclusive = [[isVerbose, isQuiet]],
            HasVersion = true,
            OnBound = bound =>
            {
                context.SetVerbosity(bound.GetValue(isVerbose), bound.GetValue(isQuiet));
            },
        };
        verb.Add(isVerbose);
        verb.Add(isQuiet);
        verb.Add(noPrompt);
        verb.Add(defaultHost);
        verb.Add(defaultToolchain);
        verb.Add(profile);
        verb.Add(components);
        verb.Add(targets);
        verb.Add(noUpdateDefaultToolchain);
        verb.Add(noModifyPath);
        verb.Add(selfReplace);
        verb.Add(dumpTestament);
        verb.SetAction(parse =>
        {
            if (parse.GetValue(dumpTestament))
            {
                return DumpTestament.Run(context);
            }
            return parse.GetValue(selfReplace) ? ReplaceSelf(context) : Install(context, new InstallationRequest
            {
                IsConfirmed = parse.GetValue(noPrompt),
                DefaultHost = parse.GetValue(defaultHost),
                DefaultToolchain = parse.GetValue(defaultToolchain),
                Profile = parse.GetValue(profile)!,
                Components = parse.GetRequiredValue(components),
                Targets = parse.GetRequiredValue(targets),
                KeepsDefaultToolchain = parse.GetValue(noUpdateDefaultToolchain),
                ModifiesPath = !parse.GetValue(noModifyPath),
            });
        });
        return verb;
    }

    private static int Install(CommandContext context, InstallationRequest request)
    {
        using var workspace = new Workspace(context);
        return new Installation(context, workspace).Run(request);
    }

    /// <summary>What an older rustup asks the newly downloaded one to do.</summary>
    private static int ReplaceSelf(CommandContext context)
    {
        using var workspace = new Workspace(context);
        new InstalledPrograms(Machine.Host, workspace.Homes, workspace.Reporter).Install(ProgramPackage.OfThisProcess(Machine.Host));
        return 0;
    }
}
