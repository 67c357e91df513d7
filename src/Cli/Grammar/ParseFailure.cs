using System.CommandLine;
using System.Text;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Grammar;

/// <summary>Every mistake a command line can contain, in the words of rustup's parser (clap).</summary>
/// <remarks>
/// rustup prints what may be a verb or option it does not know on the standard output, all else as errors.
/// </remarks>
internal static class ParseFailure
{
    private static readonly string advice = $"For more information, try '{TextStyle.Literal.Apply("--help")}'.\n";

    internal static ParseStop UnknownArgument(
        Verb verb, string word, IReadOnlyList<string> tips, IEnumerable<Symbol> given) =>
        Create(
            $"unexpected argument '{Wrong(word)}' found", "", tips, Notation.Usage(verb, given), isOnOutput: true);

    internal static ParseStop UnknownVerb(Verb verb, string word, IReadOnlyList<string> similar)
    {
        var list = string.Join(", ", similar.Select(each => $"'{TextStyle.Literal.Apply(each)}'"));
        IReadOnlyList<string> tips = similar.Count switch
        {
            0 => [],
            1 => [$"a similar subcommand exists: {list}"],
            _ => [$"some similar subcommands exist: {list}"],
        };
        var stop = Create(
            $"unrecognized subcommand '{Wrong(word)}'", "", tips, Notation.Usage(verb), isOnOutput: true);
        return verb.IsHelp ? stop with { Text = stop.Text[..^("\n" + advice).Length] } : stop;
    }

    internal static ParseStop UnexpectedValue(
        Verb verb, Option option, string value, IEnumerable<Symbol> given) => Create(
        $"unexpected value '{Wrong(value)}' for '{TextStyle.Literal.Apply(Notation.Of(option))}' found; no more were expected",
        "",
        [],
        Notation.Usage(verb, given));

    internal static ParseStop MissingValue(Symbol symbol) => Create(
        $"a value is required for '{Wrong(Notation.Of(symbol))}' but none was supplied",
        FormatChoices(symbol),
        [],
        usage: "");

    internal static ParseStop InvalidValue(Symbol symbol, string value, string reason) =>
        Create($"{InvalidValue(symbol, value)}: {reason}", "", [], usage: "");

    internal static ParseStop NotUtf8(Verb verb) =>
        Create("invalid UTF-8 was detected in one or more arguments", "", [], Notation.Usage(verb));

    internal static ParseStop InvalidChoice(Symbol symbol, string value, IReadOnlyList<string> choices)
    {
        IReadOnlyList<string> tips = Similarity.Rank(value, choices) is [.., var best]
            ? [$"a similar value exists: '{TextStyle.Literal.Apply(best)}'"]
            : [];
        return Create(
            InvalidValue(symbol, value), FormatChoices(symbol), tips, usage: "");
    }

    internal static ParseStop Repeated(Verb verb, Symbol symbol) => Create(
        $"the argument '{Wrong(Notation.Of(symbol))}' cannot be used multiple times", "", [], Notation.Usage(verb));

    internal static ParseStop Conflict(
        Verb verb, Symbol first, IReadOnlyList<Symbol> others, IEnumerable<Symbol> given)
    {
        var detail = new StringBuilder();
        foreach (var other in others)
        {
            detail.Append("\n  ").Append(Wrong(Notation.Of(other)));
        }
        return Create(
            $"the argument '{Wrong(Notation.Of(first))}' cannot be used with"
                + (others is [var only] ? $" '{Wrong(Notation.Of(only))}'" : ":"),
            others.Count > 1 ? detail.ToString() : "",
            [],
            Notation.Usage(verb, given.Except(others)));
    }

    internal static ParseStop Missing(Verb verb, IReadOnlyList<Symbol> missing, IEnumerable<Symbol> given)
    {
        var detail = new StringBuilder();
        foreach (var symbol in missing)
        {
            detail.Append("\n  ").Append(TextStyle.Literal.Apply(Notation.Of(symbol)));
        }
        return Create(
            "the following required arguments were not provided:",
            detail.ToString(),
            [],
            Notation.Usage(verb, given.Concat(missing)));
    }

    private static string InvalidValue(Symbol symbol, string value) =>
        $"invalid value '{Wrong(value)}' for '{TextStyle.Literal.Apply(Notation.Of(symbol))}'";

    private static string Wrong(string text) => TextStyle.Notable.Apply(text);

    private static string FormatChoices(Symbol symbol) =>
        symbol is ITakesValues { PossibleValues: { Count: > 0 } choices }
            ? $"\n  [possible values: {string.Join(", ", choices.Select(TextStyle.Literal.Apply))}]"
            : "";

    private static ParseStop Create(
        string sentence, string detail, IReadOnlyList<string> tips, string usage, bool isOnOutput = false)
    {
        var text = new StringBuilder($"{TextStyle.Bad.Apply("error:")} {sentence}{detail}\n\n");
        foreach (var tip in tips)
        {
            text.Append($"  {TextStyle.Literal.Apply("tip:")} {tip}").Append('\n');
        }
        if (tips.Count > 0)
        {
            text.Append('\n');
        }
        if (usage.Length > 0)
        {
            text.Append(usage).Append("\n\n");
        }
        text.Append(advice);
        return new ParseStop(text.ToString(), isOnOutput, ExitCode: 1);
    }
}
