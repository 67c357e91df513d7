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
    internal const string Name = "report";

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
        var verb = new Verb(Name, "Print what a bug report needs, without private paths") { Discussion = Discussion };
        var json = JsonResult.CreateFlag();
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, bool isJson)
    {
        var hidden = CreatePrivateText(UserHomes.FromEnvironment(), ListPrivatePaths(context));
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
            .Select(entry => $"{entry.Key}={(IsKnown((string)entry.Key) ? entry.Value : "(set)")}\n")));

    /// <summary>Of others only that they are there: what flags, proxies and tokens say is nobody's business.</summary>
    private static bool IsKnown(string variable) =>
        variable.StartsWith("RUSTUP_STORE_", StringComparison.Ordinal)
        || variable.StartsWith("RUSTUP_TERM_", StringComparison.Ordinal)
        || variable is "RUSTUP_HOME" or "RUSTUP_TOOLCHAIN" or "RUSTUP_TOOLCHAIN_SOURCE" or "RUSTUP_DIST_SERVER" or "RUSTUP_DIST_ROOT"
            or "RUSTUP_UPDATE_ROOT" or "RUSTUP_VERSION" or "RUSTUP_LOG" or "RUSTUP_AUTO_INSTALL" or "RUSTUP_NO_BACKTRACE" or "RUSTUP_IO_THREADS"
            or "RUSTUP_UNPACK_RAM" or "RUSTUP_STAGED_MANIFEST" or "RUST_BACKTRACE" or "RUST_RECURSION_COUNT" or "CARGO_HOME" or "CARGO" or "CI"
            or "TERM" or "LANG";

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

    /// <summary>Paths that the store knows, whatever is in their names; none where it cannot be read.</summary>
    private static IReadOnlyList<string> ListPrivatePaths(CommandContext context)
    {
        try
        {
            using var workspace = new Workspace(context) { StartsBackgroundWork = false };
            return
            [
                .. workspace.Reading.ListOverrides().Select(row => row.Path),
                .. workspace.Reading.Catalog.List().Select(toolchain => toolchain.Location).OfType<ToolchainLocation.Elsewhere>().Select(there => there.Path),
                Environment.CurrentDirectory,
            ];
        }
        catch (StoreException)
        {
            return [];
        }
    }

    private static PrivateText CreatePrivateText(UserHomes homes, IReadOnlyList<string> paths) => new(
    [
        (homes.RustupHome, "$RUSTUP_HOME"),
        (homes.CargoHome, "$CARGO_HOME"),
        (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), "$HOME"),
        (Environment.UserName, "USER"),
        (Environment.MachineName, "MACHINE"),
        .. paths.Select(path => (path, "PATH")),
    ]);

    /// <summary>One thing that the report tells.</summary>
    private sealed record ReportSection(string Title, int? ExitCode, string Text)
    {
        internal string Format() => $"## {Title}{(ExitCode is { } code ? $" (exit code {code})" : "")}\n{Text}";
    }
}
