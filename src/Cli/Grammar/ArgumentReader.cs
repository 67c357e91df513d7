using System.CommandLine;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Grammar;

/// <summary>
/// Reads a command line in the order and with the answers of rustup's parser library (clap), over the
/// tree that System.CommandLine models. What it accepts it writes down again without abbreviations, so
/// that System.CommandLine binds it without a choice of its own.
/// </summary>
/// <remarks>
/// A value is checked when the next argument is met, and a verb only after the verbs below it: this
/// decides which of several mistakes is the one a person is told.
/// </remarks>
internal sealed class ArgumentReader
{
    // What the runtime makes of bytes that are no UTF-8. What is passed on verbatim is passed on as bytes.
    private const char NotText = '\uFFFD';

    private readonly Verb verb;
    private readonly int helpWidth;
    private readonly List<Symbol> given = [];
    private readonly Dictionary<Symbol, List<string>> values = [];
    private readonly List<string> pendingValues = [];
    private Symbol? pending;
    private bool isAwaitingValue;
    private bool isInList;
    private bool isVerbatim;
    private int argumentIndex;
    private ArgumentReader? below;

    private ArgumentReader(Verb verb, int helpWidth)
    {
        this.verb = verb;
        this.helpWidth = helpWidth;
    }

    /// <summary>Null when the arguments are right; <paramref name="canonical"/> then spells them out.</summary>
    internal static ParseStop? Read(
        Verb root, IEnumerable<string> arguments, int helpWidth, out IReadOnlyList<string> canonical)
    {
        var reader = new ArgumentReader(root, helpWidth);
        var stop = reader.Read(new Queue<string>(arguments));
        canonical = stop is null ? [.. reader.WriteCanonical()] : [];
        return stop;
    }

    private ParseStop? Read(Queue<string> words)
    {
        while (below is null && words.TryDequeue(out var word))
        {
            if (ReadWord(word, words) is { } stop)
            {
                return stop;
            }
        }
        return below?.Read(words) ?? ResolvePending() ?? Validate();
    }

    private ParseStop? ReadWord(string word, Queue<string> rest)
    {
        if (isVerbatim)
        {
            return ReadArgument(word);
        }
        if (!isAwaitingValue && !isInList && verb.FindVerb(word) is { } chosen)
        {
            if (chosen.IsHelp)
            {
                return ReadHelp(rest);
            }
            below = new ArgumentReader(chosen, helpWidth);
            return null;
        }
        if (word == "--")
        {
            isVerbatim = true;
            return null;
        }
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            return ReadLongOption(word[2..], rest);
        }
        if (word is ['-', _, ..])
        {
            return ReadShortOptions(word[1..]);
        }
        if (isAwaitingValue)
        {
            pendingValues.Add(word);
            isAwaitingValue = false;
            return null;
        }
        return ReadArgument(word);
    }

    /// <summary><c>rustup help toolchain list</c></summary>
    private ParseStop ReadHelp(IEnumerable<string> path)
    {
        var subject = verb;
        foreach (var word in path)
        {
            if (subject.FindVerb(word) is not { } next)
            {
                return ParseFailure.UnknownVerb(subject, word, []);
            }
            subject = next;
        }
        return ParseStop.Help(subject, helpWidth);
    }

    private ParseStop? ReadLongOption(string word, Queue<string> rest)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        var attached = equals < 0 ? null : word[(equals + 1)..];
        if (FindOption("--" + name) is not { } option)
        {
            ResolvePending();
            return RefuseLongOption(name, rest);
        }
        isInList = false;
        if (option is ITakesValues)
        {
            return ReadOptionWithValue(option, attached);
        }
        if (attached is not null)
        {
            return ParseFailure.UnexpectedValue(verb, option, attached, given.Append(option));
        }
        return ReadFlag(option);
    }

    private ParseStop? ReadShortOptions(string letters)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var letter = char.IsSurrogatePair(letters, i) ? letters.Substring(i, 2) : letters[i..(i + 1)];
            if (FindOption("-" + letter) is not { } option)
            {
                ResolvePending();
                return ParseFailure.UnknownArgument(verb, "-" + letter, TipVerbatim("-" + letter), []);
            }
            isInList = false;
            if (option is ITakesValues)
            {
                var attached = letters[(i + 1)..];
                return ReadOptionWithValue(
                    option,
                    attached.Length == 0 ? null : attached.StartsWith('=') ? attached[1..] : attached);
            }
            if (ReadFlag(option) is { } stop)
            {
                return stop;
            }
        }
        return null;
    }

    private ParseStop? ReadFlag(Option flag)
    {
        if (ResolvePending() is { } stop)
        {
            return stop;
        }
        isAwaitingValue = false;
        return flag == verb.HelpFlag ? ParseStop.Help(verb, helpWidth)
            : flag == verb.VersionFlag ? ParseStop.Version(verb)
            : Accept(flag, []);
    }

    private ParseStop? ReadOptionWithValue(Option option, string? attached)
    {
        if (ResolvePending() is { } stop)
        {
            return stop;
        }
        isAwaitingValue = attached is null;
        if (attached is not null)
        {
            return Accept(option, [attached]);
        }
        pending = option;
        return null;
    }

    private ParseStop? ReadArgument(string word)
    {
        if (argumentIndex == verb.Arguments.Count)
        {
            ResolvePending();
            return RefuseWord(word);
        }
        var argument = verb.Arguments[argumentIndex];
        var takesMany = argument is ITakesValues { TakesMany: true };
        isVerbatim |= verb.PassesArgumentsThrough && argumentIndex == verb.Arguments.Count - 1;
        if (pending != argument && ResolvePending() is { } stop)
        {
            return stop;
        }
        pending = argument;
        pendingValues.Add(word);
        isAwaitingValue = false;
        isInList = takesMany;
        argumentIndex += takesMany ? 0 : 1;
        return null;
    }

    private Option? FindOption(string name) =>
        verb.AllOptions.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private ParseStop? ResolvePending()
    {
        if (pending is not { } symbol)
        {
            return null;
        }
        string[] found = [.. pendingValues];
        pending = null;
        pendingValues.Clear();
        return found.Length == 0 ? ParseFailure.MissingValue(symbol) : Accept(symbol, found);
    }

    private ParseStop? Accept(Symbol symbol, IReadOnlyList<string> found)
    {
        if (given.Contains(symbol) && symbol is not ITakesValues { TakesMany: true })
        {
            return ParseFailure.Repeated(verb, symbol);
        }
        if (values.TryAdd(symbol, []))
        {
            given.Add(symbol);
        }
        foreach (var value in symbol is ListOption ? found.SelectMany(each => each.Split(',')) : found)
        {
            if (FindFault(symbol, value) is { } stop)
            {
                return stop;
            }
            values[symbol].Add(value);
        }
        return null;
    }

    private ParseStop? FindFault(Symbol symbol, string value) => symbol switch
    {
        ITakesValues { IsPath: true } => value.Length == 0 ? ParseFailure.MissingValue(symbol) : null,
        ITakesValues when value.Contains(NotText) && !IsPassedThrough(symbol) => ParseFailure.NotUtf8(verb),
        ITakesValues { PossibleValues: { Count: > 0 } choices } =>
            choices.Contains(value) ? null
            : value.Length == 0 ? ParseFailure.MissingValue(symbol)
            : ParseFailure.InvalidChoice(symbol, value, choices),
        ITakesValues { FindFault: { } findFault } =>
            findFault(value) is { } reason ? ParseFailure.InvalidValue(symbol, value, reason) : null,
        _ => null,
    };

    private bool IsPassedThrough(Symbol symbol) =>
        verb.PassesArgumentsThrough && symbol == verb.Arguments[^1];

    private ParseStop RefuseLongOption(string name, IEnumerable<string> rest)
    {
        if (Similarity.Rank(name, LongNames(verb)) is [.., var similar])
        {
            var meant = FindOption("--" + similar)!;
            List<string> tips = [$"a similar argument exists: '{TextStyle.Literal.Apply($"--{similar}")}'"];
            if (verb.PassesArgumentsThrough)
            {
                tips.AddRange(TipVerbatim("--" + name));
            }
            return ParseFailure.UnknownArgument(verb, "--" + name, tips, given.Append(meant).Distinct());
        }
        return ParseFailure.UnknownArgument(
            verb,
            "--" + name,
            FindOptionBelow(name, rest) is { } below ? [$"'{TextStyle.Literal.Apply(below)}' exists"] : TipVerbatim("--" + name),
            given);
    }

    /// <summary>An option that stands before the verb it belongs to: <c>rustup --force install</c>.</summary>
    private string? FindOptionBelow(string name, IEnumerable<string> rest)
    {
        foreach (var word in rest)
        {
            if (verb.Verbs.FirstOrDefault(each => each.Name == word) is { } owner
                && Similarity.Rank(name, LongNames(owner)) is [.., var similar])
            {
                return $"{owner.Name} --{similar}";
            }
        }
        return null;
    }

    private ParseStop RefuseWord(string word)
    {
        if (isVerbatim && verb.FindVerb(word) is not null)
        {
            return ParseFailure.UnknownArgument(
                verb, word, [$"subcommand '{TextStyle.Literal.Apply(word)}' exists; to use it, remove the '{TextStyle.Notable.Apply("--")}' before it"], []);
        }
        if (verb.Subcommands.Count > 0)
        {
            var known = verb.Verbs.Where(each => !each.IsAddition);
            var similar = Similarity.Rank(word, known.SelectMany(each => each.Aliases.Prepend(each.Name)));
            if (similar.Count > 0 || verb.Arguments.Count == 0)
            {
                return ParseFailure.UnknownVerb(verb, word, similar);
            }
        }
        return ParseFailure.UnknownArgument(verb, word, [], []);
    }

    private IReadOnlyList<string> TipVerbatim(string word) =>
        verb.Arguments.Count > 0 ? [$"to pass '{TextStyle.Notable.Apply(word)}' as a value, use '{TextStyle.Literal.Apply($"-- {word}")}'"] : [];

    private static IEnumerable<string> LongNames(Verb owner) =>
        owner.AllOptions.Where(option => !Notation.IsShort(option.Name) && !Verb.IsAdditional(option)).Select(option => option.Name[2..]);

    private ParseStop? Validate()
    {
        if (below is null && (verb.RequiresSubcommand || (verb.ShowsHelpWhenEmpty && given.Count == 0)))
        {
            return ParseStop.HelpInstead(verb, helpWidth);
        }
        foreach (var symbol in given)
        {
            Symbol[] others =
            [
                .. given.Where(other => other != symbol && verb.Exclusive.Any(
                    set => set.Any(each => each == symbol) && set.Any(each => each == other))),
            ];
            if (others.Length > 0)
            {
                return ParseFailure.Conflict(verb, symbol, others, given);
            }
        }
        Symbol[] missing =
            [.. verb.Arguments.Where(each => each.Arity.MinimumNumberOfValues > 0 && !given.Contains(each))];
        return missing.Length > 0 ? ParseFailure.Missing(verb, missing, given) : null;
    }

    private IEnumerable<string> WriteCanonical()
    {
        var options = given.OfType<Option>().SelectMany(option =>
            option is ITakesValues
                ? values[option].SelectMany(value => WriteValue(option, value))
                : [option.Name]);
        var arguments = verb.Arguments.Where(given.Contains).SelectMany(argument => values[argument]);
        return below is null
            ? [.. options, "--", .. arguments]
            : [.. options, .. arguments, below.verb.Name, .. below.WriteCanonical()];
    }

    // An attached value may look like an option, but it may not be empty.
    private static IReadOnlyList<string> WriteValue(Option option, string value) =>
        value.Length == 0 ? [option.Name, value] : [$"{option.Name}={value}"];
}
