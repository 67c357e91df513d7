using System.Text.RegularExpressions;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>Where commands are run: in a pipe, without TERM, and in terminals of different widths.</summary>
public sealed partial class Every_command : ProgramTest
{
    // In this order each of them has something to do.
    private static readonly string[] session =
    [
        "--version", "help", "toolchain list", "show", "show home", "show profile", "show active-toolchain",
        "toolchain install stable --component clippy", "default stable", "default", "check",
        "component list", "component list --installed", "component add rust-src", "component remove rust-src",
        "target list", "target list --installed", "target add wasm32-unknown-unknown", "target remove wasm32-unknown-unknown",
        "override set stable --path PROJECT", "override list", "override unset --path PROJECT",
        "set profile minimal", "set auto-install disable", "set auto-install enable", "set auto-self-update disable", "set docs eager",
        "set default-host HOST", "toolchain link mine TREE", "toolchain uninstall mine", "which rustc", "doc --path",
        "run stable rustc --version", "completions bash", "completions zsh cargo", "dump-testament",
        "install beta", "uninstall beta", "toolchain install nightly", "ADVANCE", "update nightly", "toolchain history nightly", "toolchain history nightly --json",
        "toolchain keep nightly --as before", "toolchain rollback nightly", "store undo", "store log", "store log --json",
        "store status", "store status --json", "store verify", "store verify --contents --json", "store verify --repair",
        "store doctor", "store report", "store adopt", "store export EXPORT", "toolchain uninstall nightly", "store import EXPORT",
        "store gc --dry-run --keep-days 0", "store gc --keep-days 0", "store freeze", "store convert --journal=rollback",
        "store convert --journal=wal", "toolchain list -v", "update", "self uninstall -y",
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("xterm-256color")]
    public void succeeds_in_a_pipe(string? terminal)
    {
        Variables["TERM"] = terminal;

        RunSession(arguments => Rustup(arguments));
    }

    [Theory]
    [InlineData(80, "xterm-256color")]
    [InlineData(200, "xterm-256color")]
    [InlineData(80, null)]
    [InlineData(200, "dumb")]
    public void succeeds_in_a_terminal(int columns, string? terminal)
    {
        Variables["TERM"] = terminal;

        RunSession(arguments => InTerminal(columns, string.Join(' ', arguments.Select(argument => $"'{argument}'"))));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("toolchain list")]
    [InlineData("component list")]
    [InlineData("target list")]
    [InlineData("override list")]
    [InlineData("toolchain history nightly")]
    [InlineData("store log")]
    [InlineData("store log --json")]
    [InlineData("store status")]
    [InlineData("store gc --dry-run --keep-days 0")]
    public void says_the_same_in_a_pipe_and_in_terminals_of_any_width(string command)
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();
        Variables["TERM"] = null;
        var piped = Rustup(command.Split(' ')).ShouldSucceed().Output;
        Variables["TERM"] = "xterm-256color";

        foreach (var columns in new[] { 80, 200 })
        {
            Assert.Equal(piped, Plain(InTerminal(columns, $"{command} 2>/dev/null").ShouldSucceed().Output));
        }
    }

    /// <summary>All verbs that have none below them, as the help says, are in the session but for those that need more.</summary>
    [Fact]
    public void is_in_the_session()
    {
        // A program that shows pages, releases of this program, and what rustup keeps for its history.
        string[] elsewhere = ["man", "self update", "self upgrade-data"];

        var verbs = ListVerbs([]).Select(words => string.Join(' ', words)).ToList();

        Assert.True(verbs.Count > 40, string.Join(", ", verbs));
        var missing = verbs.Except(elsewhere).Where(verb => !session.Any(command => $"{command} ".StartsWith($"{verb} ", StringComparison.Ordinal)));
        Assert.Equal("", string.Join(", ", missing));
    }

    private IEnumerable<string[]> ListVerbs(string[] group)
    {
        var help = Rustup([.. group, "--help"]).ShouldSucceed().Output;
        var below = HelpedVerb().Matches(help).Select(match => match.Groups["verb"].Value).Where(verb => verb != "help").ToList();
        return below.Count == 0 ? [group] : below.SelectMany(verb => ListVerbs([.. group, verb]));
    }

    private void RunSession(Func<string[], Outcome> run)
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Directory.CreateDirectory(Folder["project"]);
        foreach (var command in session)
        {
            if (command == "ADVANCE")
            {
                SmallMirror.AdvanceTo(Mirror, 2);
                continue;
            }
            var arguments = command.Split(' ').Select(word => word switch
            {
                "PROJECT" => Folder["project"],
                "EXPORT" => Folder["tools.tar"],
                "TREE" => TreeOf($"stable-{Host}"),
                "HOST" => Host,
                _ => word,
            }).ToArray();

            var outcome = run(arguments);

            Assert.True(outcome.ExitCode is 0 || MayRefuse(command, outcome), $"`rustup {command}` ends with {outcome.ExitCode}\n{outcome.Output}\n{outcome.Error}");
            Assert.DoesNotMatch(StackLine(), outcome.Output + outcome.Error);
        }
        Assert.False(Directory.Exists(RustupHome));
    }

    /// <summary>Its exit code is an answer.</summary>
    private static bool MayRefuse(string command, Outcome outcome) => command switch
    {
        "show active-toolchain" => outcome.ExitCode == 1,
        // There is something newer.
        "check" => outcome.ExitCode == 100,
        _ => false,
    };

    private Outcome InTerminal(int columns, string command) => Start(
        "script", "-qec", $"stty cols {columns}; '{Bin}/rustup' {command}", "/dev/null");

    private static string Plain(string shown) => Escape().Replace(shown, "").Replace("\r\n", "\n", StringComparison.Ordinal);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\(B")]
    private static partial Regex Escape();

    // Below "Commands:", up to the next heading.
    [GeneratedRegex(@"(?<=^Commands:\n(?:  .*\n)*)  (?<verb>[a-z][a-z-]*)(?= |\n)", RegexOptions.Multiline)]
    private static partial Regex HelpedVerb();

    [GeneratedRegex(@"^\s+at \w", RegexOptions.Multiline)]
    private static partial Regex StackLine();
}
