using System.Collections;
using System.CommandLine;
using System.Runtime.InteropServices;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Journal;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store report</c></summary>
internal static class StoreReport
{
    private const string Discussion =
        """
        Everything that helps whoever looks into a problem: versions, the
        environment, what the store holds, its latest operations, what
        `doctor` and `verify` find. Homes, user and machine are replaced by
        names, other paths by PATH, passwords in urls by ***; read it once
        before you publish it all the same.
        """;

    // Each says one thing of the store, and changes nothing.
    private static readonly string[][] Questions =
    [
        ["show"],
        ["toolchain", "list", "-v"],
        ["store", "status"],
        ["store", "log", "--limit", "20"],
        ["store", "doctor"],
        ["store", "verify"],
    ];

    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("report", "Print what a bug report needs, without private paths") { Discussion = Discussion };
        var json = JsonResult.CreateFlag();
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, bool isJson)
    {
        var hidden = CreatePrivateText(UserHomes.FromEnvironment());
        List<ReportSection> sections = [DescribePrograms(), DescribeEnvironment(), .. Questions.Select(Ask)];
        sections = [.. sections.Select(section => section with { Text = hidden.Hide(section.Text) })];
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.AddList("sections", sections, static (json, section) =>
            {
                json.Add("title", section.Title);
                json.Add("exit_code", section.ExitCode);
                json.Add("text", section.Text);
            }));
            return 0;
        }
        context.Output.Write(string.Join("\n", sections.Select(section => section.Format())));
        return 0;
    }

    private static ReportSection DescribePrograms() => new(
        "programs",
        ExitCode: null,
        $"{ProgramVersion.Name} {ProgramVersion.Text}, {Version.Line("rustup")}\n"
        + $"SQLite {JournalDatabase.SqliteVersion}, {RuntimeInformation.FrameworkDescription}\n"
        + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}\n");

    private static ReportSection DescribeEnvironment() => new(
        "environment",
        ExitCode: null,
        string.Concat(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => IsOfInterest((string)entry.Key))
            .OrderBy(entry => (string)entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}={entry.Value}\n")));

    private static bool IsOfInterest(string variable) =>
        variable.StartsWith("RUST", StringComparison.Ordinal)
        || variable is "CARGO_HOME" or "CARGO" or "CI" or "TERM" or "LANG"
        || variable.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer of a command with what it says beside, whatever it is: a failure is what the report is for.</summary>
    private static ReportSection Ask(string[] question)
    {
        var answer = new StringWriter { NewLine = "\n" };
        var writer = TextWriter.Synchronized(new PlainWriter(answer));
        var exitCode = CommandLine.Run(question, writer, writer, HelpText.DefaultWidth);
        return new ReportSection($"rustup {string.Join(' ', question)}", exitCode, answer.ToString());
    }

    private static PrivateText CreatePrivateText(UserHomes homes) => new(
    [
        (homes.RustupHome, "$RUSTUP_HOME"),
        (homes.CargoHome, "$CARGO_HOME"),
        (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), "$HOME"),
        (Environment.UserName, "USER"),
        (Environment.MachineName, "MACHINE"),
    ]);

    /// <summary>One thing that the report tells.</summary>
    private sealed record ReportSection(string Title, int? ExitCode, string Text)
    {
        internal string Format() => $"## {Title}{(ExitCode is { } code ? $" (exit code {code})" : "")}\n{Text}";
    }
}
