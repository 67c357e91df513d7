using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup doc</c></summary>
internal static class Doc
{
    private const string Topics =
        "Topic such as 'core', 'fn', 'usize', 'eprintln!', 'core::arch', 'alloc::format!', 'std::fs', " +
        "'std::fs::read_dir', 'std::io::Bytes', 'std::iter::Sum', 'std::io::error::Result' etc...";

    private const string Discussion =
        """
        Opens the documentation for the currently active toolchain with
        the default browser.

        By default, it opens the documentation index. Use the various
        flags to open specific pieces of documentation.
        """;

    internal static Command Create(CommandContext context)
    {
        var topic = TextArgument.Optional("TOPIC", Topics);
        var pathOnly = new Flag("--path", "Only print the path to the documentation");
        var toolchain = ToolchainArgument.OfficialOption();
        Flag[] pages =
        [
            new("--alloc", "The Rust core allocation and collections library"),
            new("--book", "The Rust Programming Language book"),
            new("--cargo", "The Cargo Book"),
            new("--clippy", "The Clippy Documentation"),
            new("--core", "The Rust Core Library"),
            new("--edition-guide", "The Rust Edition Guide"),
            new("--embedded-book", "The Embedded Rust Book"),
            new("--error-codes", "The Rust Error Codes Index"),
            new("--nomicon", "The Dark Arts of Advanced and Unsafe Rust Programming"),
            new("--proc_macro", "A support library for macro authors when defining new macros"),
            new("--reference", "The Rust Reference"),
            new("--releases", "Rust Release Notes"),
            new(
                "--rust-by-example",
                "A collection of runnable examples that illustrate various Rust concepts " +
                "and standard libraries"),
            new("--rustc", "The compiler for the Rust programming language"),
            new("--rustc-docs", "The API documentation for the Rust compiler and other toolchain components"),
            new("--rustdoc", "Documentation generator for Rust projects"),
            new("--std", "Standard library API documentation"),
            new("--style-guide", "The Rust Style Guide"),
            new("--test", "Support code for rustc's built in unit-test and micro-benchmarking framework"),
            new("--unstable-book", "The Unstable Book"),
        ];
        var verb = new Verb("doc", "Open the documentation for the current toolchain")
        {
            Discussion = Discussion,
            Exclusive = [pages],
        };
        verb.Aliases.Add("docs");
        verb.Add(topic);
        verb.Add(pathOnly);
        verb.Add(toolchain);
        foreach (var page in pages)
        {
            verb.Add(page);
        }
        verb.SetAction(parse => Run(
            context,
            parse.GetValue(topic),
            parse.GetValue(pathOnly),
            parse.GetValue(toolchain),
            pages.FirstOrDefault(parse.GetValue)?.Name[2..]));
        return verb;
    }

    /// <param name="page">The page's flag without its dashes: <c>book</c>, <c>proc_macro</c>.</param>
    private static int Run(
        CommandContext context,
        string? topic,
        bool pathOnly,
        string? toolchain,
        string? page)
    {
        using var workspace = new Workspace(context);
        var chosen = workspace.RequireToolchain(toolchain);
        if (UnpackIfWaiting(workspace, chosen.Reference))
        {
            // It may have got another tree by that.
            chosen = workspace.RequireToolchain(toolchain);
        }
        const string Root = "share/doc/rust/html";
        var html = Path.Combine(chosen.Location.SysrootPath, Root);
        if (chosen.Reference is ToolchainReference.Named { Name: ToolchainName.Official } && !workspace.Files.IsDirectory(html))
        {
            workspace.Reporter.Info(
                $"`rust-docs` not installed in toolchain `{chosen.Reference.Text}`"
                + $"\nhelp: run `rustup component add --toolchain {chosen.Reference.Text} rust-docs` to install it");
            throw new StoreException(
                StoreErrorKind.NotFound, "unable to view documentation which is not installed");
        }
        var document = new DocumentationTopic(workspace.Files, html).Find(page, topic);
        var shown = Path.Combine(workspace.ShownPath(chosen.Reference), Root, document.Path);
        if (pathOnly)
        {
            context.Output.WriteLine(shown);
            return 0;
        }
        context.Error.WriteLine((topic ?? page) is { } name
            ? $"Opening docs named `{name}` in your browser"
            : "Opening docs in your browser");
        Browser.Open(workspace.Files, "file://" + shown + document.Fragment);
        return 0;
    }

    /// <summary>Whether it was left for later, the journal knows; a directory may be what a killed command made.</summary>
    private static bool UnpackIfWaiting(Workspace workspace, ToolchainReference toolchain)
    {
        if (toolchain is not ToolchainReference.Named named || workspace.Reading.ListWaiting(named.Name) is not { Count: > 0 } waiting)
        {
            return false;
        }
        workspace.Writing.Unpack(waiting);
        return true;
    }
}
