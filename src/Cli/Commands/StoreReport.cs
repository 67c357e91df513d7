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
        verb.SetAction(_ => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        var homes = UserHomes.FromEnvironment();
        var text = new StringWriter { NewLine = "\n" };
        text.WriteLine($"{ProgramVersion.Name} {ProgramVersion.Text}, {Version.Line("rustup")}");
        text.WriteLine($"SQLite {JournalDatabase.SqliteVersion}, {RuntimeInformation.FrameworkDescription}");
        text.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}");
        WriteEnvironment(text);
        foreach (var question in Questions)
        {
            Ask(question, text);
        }
        context.Output.Write(CreatePrivateText(homes).Hide(text.ToString()));
        return 0;
    }

    private static void WriteEnvironment(StringWriter text)
    {
        text.WriteLine();
        text.WriteLine("## environment");
        foreach (var entry in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => IsOfInterest((string)entry.Key)).OrderBy(entry => (string)entry.Key, StringComparer.Ordinal))
        {
            text.WriteLine($"{entry.Key}={entry.Value}");
        }
    }

    private static bool IsOfInterest(string variable) =>
        variable.StartsWith("RUST", StringComparison.Ordinal)
        || variable is "CARGO_HOME" or "CARGO" or "CI" or "TERM" or "LANG"
        || variable.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer of a command with what it says beside, whatever it is: a failure is what the report is for.</summary>
    private static void Ask(string[] question, StringWriter text)
    {
        var answer = new StringWriter { NewLine = "\n" };
        var writer = TextWriter.Synchronized(new PlainWriter(answer));
        var exitCode = CommandLine.Run(question, writer, writer, HelpText.DefaultWidth);
        text.WriteLine();
        text.WriteLine($"## rustup {string.Join(' ', question)} (exit code {exitCode})");
        text.Write(answer.ToString());
    }

    private static PrivateText CreatePrivateText(UserHomes homes) => new(
    [
        (homes.RustupHome, "$RUSTUP_HOME"),
        (homes.CargoHome, "$CARGO_HOME"),
        (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), "$HOME"),
        (Environment.UserName, "USER"),
        (Environment.MachineName, "MACHINE"),
    ]);
}
