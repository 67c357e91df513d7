using System.CommandLine;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Grammar;

/// <summary>How arguments, options and whole command lines are written down in help and errors.</summary>
internal static class Notation
{
    /// <summary><c>--profile &lt;PROFILE&gt;</c>, <c>[TOOLCHAIN]...</c></summary>
    internal static string Of(Symbol symbol) => symbol switch
    {
        Option option => option.Name + OfValue(option),
        Argument argument => Of(argument, argument.Arity.MinimumNumberOfValues > 0),
        _ => symbol.Name,
    };

    /// <summary>With the one-letter form in front: <c>-c, --component &lt;COMPONENT&gt;</c>.</summary>
    internal static string InHelp(Symbol symbol) => symbol switch
    {
        Option { Aliases.Count: > 0 } option =>
            $"{TextStyle.Literal.Apply(option.Aliases.First())}, {Styled(option)}",
        Option option when !IsShort(option.Name) => $"    {Styled(option)}",
        _ => Styled(symbol),
    };

    /// <summary>The usage line of a verb's help.</summary>
    internal static string Usage(Verb verb)
    {
        List<string> words = [TextStyle.Literal.Apply(verb.Invocation)];
        if (verb.Options.Any(option => !option.Hidden && !Verb.IsAdditional(option)))
        {
            words.Add(TextStyle.Placeholder.Apply("[OPTIONS]"));
        }
        words.AddRange(verb.Arguments.Select(Styled));
        if (verb.Subcommands.Count > 0)
        {
            words.Add(TextStyle.Placeholder.Apply(verb.RequiresSubcommand ? "<COMMAND>" : "[COMMAND]"));
        }
        return Usage(words);
    }

    /// <summary>The usage line of an error, which repeats what was given so far.</summary>
    internal static string Usage(Verb verb, IEnumerable<Symbol> given)
    {
        Symbol[] visible = [.. given.Where(symbol => !symbol.Hidden)];
        if (visible.Length == 0)
        {
            return Usage(verb);
        }
        List<string> words = [TextStyle.Literal.Apply(verb.Invocation)];
        words.AddRange(visible.OfType<Option>().Select(Styled));
        words.AddRange(verb.Arguments.Select(argument => TextStyle.Placeholder.Apply(
            Of(argument, visible.Contains(argument) || argument.Arity.MinimumNumberOfValues > 0))));
        if (verb.RequiresSubcommand)
        {
            words.Add(TextStyle.Placeholder.Apply("<COMMAND>"));
        }
        return Usage(words);
    }

    internal static bool IsShort(string name) => !name.StartsWith("--", StringComparison.Ordinal);

    private static string Usage(IEnumerable<string> words) =>
        $"{TextStyle.Good.Apply("Usage:")} {string.Join(' ', words)}";

    private static string Styled(Symbol symbol) => symbol switch
    {
        Option option => TextStyle.Literal.Apply(option.Name)
            + (option is ITakesValues values
                ? TextStyle.Placeholder.Apply(" ") + TextStyle.Placeholder.Apply($"<{values.ValueName}>")
                : ""),
        _ => TextStyle.Placeholder.Apply(Of(symbol)),
    };

    private static string Of(Argument argument, bool isRequired) =>
        (isRequired ? $"<{argument.Name}>" : $"[{argument.Name}]")
        + (argument is ITakesValues { TakesMany: true } ? "..." : "");

    private static string OfValue(Option option) =>
        option is ITakesValues values ? $" <{values.ValueName}>" : "";
}
