using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>An option with one value: <c>--path PATH</c>.</summary>
internal sealed class TextOption : Option<string?>, ITakesValues
{
    internal TextOption(string name, string valueName, string description, params string[] aliases)
        : base(name, aliases)
    {
        HelpName = valueName;
        Description = description;
        Arity = ArgumentArity.ExactlyOne;
    }

    public string ValueName => HelpName!;

    public IReadOnlyList<string> PossibleValues { get; init; } = [];

    public Func<string, string?>? FindFault { get; init; }

    public string? DefaultText
    {
        get;
        init
        {
            field = value;
            DefaultValueFactory = _ => value;
        }
    }

    public bool TakesMany => false;

    public bool IsPath { get; init; }

    /// <inheritdoc cref="Flag.IsAddition"/>
    internal bool IsAddition { get; init; }
}
