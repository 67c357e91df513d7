using System.Text;
using System.Text.RegularExpressions;
using ToolchainStore.Cli.Commands;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Tests;

/// <summary>Our parsing, help and mistakes against recordings of rustup 1.29.0.</summary>
public sealed partial class Rustup_answers_to_command_lines
{
    // What rustup lacks, and so its recordings do.
    private const string StoreLine = "  store        Inspect and clean the toolchain store\n";

    private const string DocsLine = "  docs              When documentation is unpacked\n";

    private const string ToolchainLines =
        "  history    List the generations of a toolchain\n"
        + "  rollback   Go back to an earlier generation of a toolchain\n"
        + "  keep       Keep a generation of a toolchain from being collected\n";

    private static readonly Transcript Help = Transcript.Read("help");
    private static readonly Transcript Mistakes = Transcript.Read("mistakes");
    private static readonly Transcript Accepted = Transcript.Read("accepted");
    private static readonly Transcript InColour = Transcript.Read("coloured");

    public static TheoryData<string> HelpCommandLines => [.. Help.CommandLines];

    public static TheoryData<string> MistakenCommandLines => [.. Mistakes.CommandLines];

    public static TheoryData<string> ColouredCommandLines => [.. InColour.CommandLines];

    public static TheoryData<string> AcceptedCommandLines => [.. Accepted.CommandLines];

    [Theory]
    [MemberData(nameof(HelpCommandLines))]
    public void with_the_same_help(string commandLine) =>
        Assert.Equal(Help.AnswerTo(commandLine), Answer(commandLine));

    [Theory]
    [MemberData(nameof(MistakenCommandLines))]
    public void with_the_same_mistake(string commandLine) =>
        Assert.Equal(Mistakes.AnswerTo(commandLine), Answer(commandLine));

    [Theory]
    [MemberData(nameof(AcceptedCommandLines))]
    public void or_accepts_the_same(string commandLine) =>
        Assert.Equal(Accepted.AnswerTo(commandLine), Answer(commandLine));

    [Theory]
    [MemberData(nameof(ColouredCommandLines))]
    public void in_the_same_colours(string commandLine) =>
        Assert.Equal(InColour.AnswerTo(commandLine), Answer(commandLine, isColoured: true));

    [Fact]
    public void with_our_own_verb_last_in_the_help()
    {
        var output = new StringWriter();

        CommandLine.Run(["--help"], new PlainWriter(output), TextWriter.Null, HelpText.DefaultWidth);

        Assert.Contains(
            "  help         Print this message or the help of the given subcommand(s)\n" + StoreLine + "\nArguments:",
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void with_our_own_setting_last_in_the_help()
    {
        var output = new StringWriter();

        CommandLine.Run(["set", "--help"], new PlainWriter(output), TextWriter.Null, HelpText.DefaultWidth);

        Assert.Contains(
            "  help              Print this message or the help of the given subcommand(s)\n" + DocsLine + "\nOptions:",
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void with_our_own_verbs_for_toolchains_last_in_the_help()
    {
        var output = new StringWriter();

        CommandLine.Run(["toolchain", "--help"], new PlainWriter(output), TextWriter.Null, HelpText.DefaultWidth);

        Assert.Contains(
            "  help       Print this message or the help of the given subcommand(s)\n" + ToolchainLines + "\nOptions:",
            output.ToString(),
            StringComparison.Ordinal);
    }

    private static string Answer(string commandLine, bool isColoured = false)
    {
        var words = Transcript.SplitWords(commandLine);
        var isInstaller = words[0] == "rustup-init";
        var written = new StringWriter { NewLine = "\n" };
        var complained = new StringWriter { NewLine = "\n" };
        TextWriter output = isColoured ? written : new PlainWriter(written);
        TextWriter error = isColoured ? complained : new PlainWriter(complained);
        if (IsBound(words[1..], isInstaller))
        {
            return Transcript.Accepted;
        }
        var exitCode = isInstaller
            ? CommandLine.RunInstaller(words[1..], output, error, HelpText.DefaultWidth)
            : CommandLine.Run(words[1..], output, error, HelpText.DefaultWidth);
        return Mark("out|", written) + Mark("err|", complained) + $"exit|{exitCode}\n";
    }

    private static string Coloured(string lines) =>
        FirstWord().Replace(lines, match => match.Groups[1].Value + TextStyle.Literal.Apply(match.Groups[2].Value));

    /// <summary>A verb would run; the root's own action, which prints help, is an answer.</summary>
    private static bool IsBound(string[] arguments, bool isInstaller)
    {
        var context = new CommandContext(TextWriter.Null, TextWriter.Null);
        var root = isInstaller ? Initialize.Create(context) : Rustup.Create(context, HelpText.DefaultWidth);
        return CommandLine.Bind(root, arguments, HelpText.DefaultWidth, out var bound) is null
            && (isInstaller || bound.CommandResult.Command != root);
    }

    private static string Mark(string prefix, StringWriter writer)
    {
        var text = VersionLine().Replace(writer.ToString(), "$1 1.29.0 (VERSION)")
            .Replace(StoreLine, "", StringComparison.Ordinal).Replace(DocsLine, "", StringComparison.Ordinal)
            .Replace(ToolchainLines, "", StringComparison.Ordinal)
            .Replace(Coloured(ToolchainLines), "", StringComparison.Ordinal);
        text = StoreOptions().Replace(text, "");
        var marked = new StringBuilder();
        foreach (var line in text.Split('\n').SkipLast(1))
        {
            marked.Append(prefix).Append(line).Append('\n');
        }
        return marked.ToString();
    }

    [GeneratedRegex(@"^( +)(\w+)", RegexOptions.Multiline)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"^(rustup(-init)?) 1\.29\.0 \([^)]*\)$", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^\n(\e\[[0-9;]*m)*Store options:(\e\[0m)?\n(  .*\n)+", RegexOptions.Multiline)]
    private static partial Regex StoreOptions();
}
