using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary>The root: <c>rustup</c>. The order of the verbs is that of the help; ours come last.</summary>
internal static class Rustup
{
    private const string Discussion =
        """
        Rustup installs The Rust Programming Language from the official
        release channels, enabling you to easily switch between stable,
        beta, and nightly compilers and keep them updated. It makes
        cross-compiling simpler with binary builds of the standard library
        for common platforms.

        If you are new to Rust consider running `rustup doc --book` to
        learn Rust.
        """;

    private const string CommonCommands =
        "\nUpdate Rust toolchains and rustup\n\n" +
        "  $ rustup update\n" +
        "  \n" +
        "Install the current stable release of Rust for your host platform\n\n" +
        "  $ rustup toolchain install stable";

    internal static Verb Create(CommandContext context, int helpWidth)
    {
        var toolchain = TextArgument.Optional(
            "+toolchain",
            "Release channel (e.g. +stable) or custom toolchain to set override",
            ToolchainArgument.FindPlusFault);
        var isVerbose = SharedFlags.IsVerbose();
        var isQuiet = SharedFlags.IsQuiet();
        var root = new Verb("rustup[EXE]", "The Rust toolchain installer")
        {
            Discussion = Discussion,
            Exclusive = [[isVerbose, isQuiet]],
            Sections = [new HelpSection("Common commands", CommonCommands)],
            HasVersion = true,
            OnBound = bound =>
            {
                context.SetVerbosity(bound.GetValue(isVerbose), bound.GetValue(isQuiet));
                context.ToolchainOverride = bound.GetValue(toolchain)?[1..];
                // A report is for when something is wrong; the commands that it asks say so.
                if (bound.CommandResult.Command.Name != StoreReport.Name)
                {
                    CommandEnvironment.RequireSound();
                }
            },
        };
        root.Add(toolchain);
        root.Add(isVerbose);
        root.Add(isQuiet);
        root.Add(ToolchainInstall.CreateShortcut(context));
        root.Add(ToolchainUninstall.Create(context));
        root.Add(DumpTestament.Create(context));
        root.Add(Toolchain.Create(context));
        root.Add(Default.Create(context));
        root.Add(Show.Create(context));
        root.Add(Update.Create(context));
        root.Add(Check.Create(context));
        root.Add(Target.Create(context));
        root.Add(Component.Create(context));
        root.Add(Override.Create(context));
        root.Add(RunInToolchain.Create(context));
        root.Add(Which.Create(context));
        root.Add(Doc.Create(context));
        if (!OperatingSystem.IsWindows())
        {
            root.Add(Man.Create(context));
        }
        root.Add(Self.Create(context));
        root.Add(Set.Create(context));
        root.Add(Completions.Create(context));
        root.Add(Store.Create(context));
        root.AddHelp();
        root.SetAction(_ => Run(context, root, helpWidth));
        return root;
    }

    /// <summary>No verb: the help, but as an error.</summary>
    private static int Run(CommandContext context, Verb root, int helpWidth)
    {
        context.Error.Write(HelpText.FormatSpacious(root, helpWidth));
        return 1;
    }
}
