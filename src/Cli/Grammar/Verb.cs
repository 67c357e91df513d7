using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>A command with what rustup's grammar knows about it and System.CommandLine does not.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>The text after the options in its help, without the first two columns.</summary>
    internal string? Discussion { get; init; }

    /// <summary>What follows the discussion, each under its own heading.</summary>
    internal IReadOnlyList<HelpSection> Sections { get; init; } = [];

    /// <summary>It is a program: knows <c>--version</c>, and its help starts with it.</summary>
    internal bool HasVersion { get; init; }

    /// <summary>rustup does not have it; it stands last in help and is never a suggestion.</summary>
    internal bool IsAddition { get; init; }

    /// <summary>Whether rustup does not have this option.</summary>
    internal static bool IsAdditional(Option option) => option is Flag { IsAddition: true } or TextOption { IsAddition: true };

    /// <summary>Sets of options of which a command line may contain one each.</summary>
    internal IReadOnlyList<IReadOnlyList<Option>> Exclusive { get; init; } = [];

    /// <summary>From the last argument's first value on, all is passed verbatim, options too.</summary>
    internal bool PassesArgumentsThrough { get; init; }

    /// <summary>Without any argument it prints its help instead of naming the missing ones.</summary>
    internal bool ShowsHelpWhenEmpty { get; init; }

    /// <summary>Is told what was bound, before its own action or that of a verb below runs.</summary>
    internal Action<ParseResult>? OnBound { get; init; }

    /// <summary>The <c>help</c> that every group has.</summary>
    internal bool IsHelp { get; private init; }

    /// <summary>These two are not bound: whoever meets them stops reading.</summary>
    internal Flag HelpFlag { get; } = new("--help", "Print help", "-h");

    internal Flag VersionFlag { get; } = new("--version", "Print version", "-V");

    internal bool RequiresSubcommand => Subcommands.Count > 0 && Action is null;

    internal IEnumerable<Verb> Verbs => Subcommands.Cast<Verb>().OrderBy(verb => verb.IsAddition);

    internal IEnumerable<Option> AllOptions =>
    [
        .. Options,
        .. IsHelp ? [] : new[] { HelpFlag },
        .. HasVersion ? new[] { VersionFlag } : [],
    ];

    /// <summary>What a person types to get here: <c>rustup[EXE] toolchain list</c>.</summary>
    internal string Invocation =>
        Parents.OfType<Verb>().FirstOrDefault() is { } parent ? $"{parent.Invocation} {Name}" : Name;

    internal Verb? FindVerb(string word) =>
        Verbs.FirstOrDefault(verb => verb.Name == word || verb.Aliases.Contains(word));

    /// <summary>Gives every group below its <c>help</c>, once all its verbs are there.</summary>
    internal void AddHelp()
    {
        if (Subcommands.Count == 0)
        {
            return;
        }
        foreach (var verb in Verbs)
        {
            verb.AddHelp();
        }
        var help = new Verb("help", "Print this message or the help of the given subcommand(s)")
        {
            IsHelp = true,
        };
        help.Add(ListArgument.ZeroOrMore("COMMAND", "Print help for the subcommand(s)"));
        Add(help);
    }
}
