using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary>The root: <c>rustup</c>. The order of the verbs is the order in the help; ours come last.</summary>
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

    internal static Verb Create(CommandContext context)
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
            HasVersion = true,
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
        root.Add(Man.Create(context));
        root.Add(Self.Create(context));
        root.Add(Set.Create(context));
        root.Add(Completions.Create(context));
        root.Add(Store.Create(context));
        return root;
    }
}
