using System.CommandLine;

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
        Option { Aliases.Count: > 0 } option => $"{option.Aliases.First()}, {Of(option)}",
        Option option when !IsShort(option.Name) => $"    {Of(option)}",
        _ => Of(symbol),
    };

    /// <summary>The usage line of a verb's help.</summary>
    internal static string Usage(Verb verb)
    {
        List<string> words = [verb.Invocation];
        if (verb.Options.Any(option => !option.Hidden))
        {
            words.Add("[OPTIONS]");
        }
        words.AddRange(verb.Arguments.Select(Of));
        if (verb.Subcommands.Count > 0)
        {
            words.Add(verb.RequiresSubcommand ? "<COMMAND>" : "[COMMAND]");
        }
        return "Usage: " + string.Join(' ', words);
    }

    /// <summary>The usage line of an error, which repeats what was given so far.</summary>
    internal static string Usage(Verb verb, IEnumerable<Symbol> given)
    {
        Symbol[] visible = [.. given.Where(symbol => !symbol.Hidden)];
        if (visible.Length == 0)
        {
            return Usage(verb);
        }
        List<string> words = [verb.Invocation];
        words.AddRange(visible.OfType<Option>().Select(Of));
        words.AddRange(verb.Arguments.Select(argument =>
            Of(argument, visible.Contains(argument) || argument.Arity.MinimumNumberOfValues > 0)));
        if (verb.RequiresSubcommand)
        {
            words.Add("<COMMAND>");
        }
        return "Usage: " + string.Join(' ', words);
    }

    internal static bool IsShort(string name) => !name.StartsWith("--", StringComparison.Ordinal);

    private static string Of(Argument argument, bool isRequired) =>
        (isRequired ? $"<{argument.Name}>" : $"[{argument.Name}]")
        + (argument is ITakesValues { TakesMany: true } ? "..." : "");

    private static string OfValue(Option option) =>
        option is ITakesValues values ? $" <{values.ValueName}>" : "";
}
