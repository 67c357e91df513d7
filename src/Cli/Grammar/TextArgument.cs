using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>One positional value: <c>&lt;TOOLCHAIN&gt;</c>, or <c>[TOOLCHAIN]</c> when optional.</summary>
internal sealed class TextArgument : Argument<string>, ITakesValues
{
    private TextArgument(string valueName, string description, ArgumentArity arity, string? defaultText)
        : base(valueName)
    {
        Description = description;
        Arity = arity;
        DefaultText = defaultText;
        if (defaultText is not null)
        {
            DefaultValueFactory = _ => defaultText;
        }
    }

    public string ValueName => Name;

    public IReadOnlyList<string> PossibleValues { get; init; } = [];

    public Func<string, string?>? FindFault { get; init; }

    public string? DefaultText { get; }

    public bool TakesMany => false;

    public bool IsPath { get; init; }

    internal static TextArgument Required(
        string valueName, string description, Func<string, string?>? findFault = null) =>
        new(valueName, description, ArgumentArity.ExactlyOne, defaultText: null) { FindFault = findFault };

    internal static TextArgument RequiredPath(string valueName, string description) =>
        new(valueName, description, ArgumentArity.ExactlyOne, defaultText: null) { IsPath = true };

    internal static TextArgument Optional(
        string valueName, string description, Func<string, string?>? findFault = null) =>
        new(valueName, description, ArgumentArity.ZeroOrOne, defaultText: null) { FindFault = findFault };

    internal static TextArgument RequiredChoice(string valueName, params string[] choices) =>
        new(valueName, "", ArgumentArity.ExactlyOne, defaultText: null) { PossibleValues = choices };

    /// <summary>A choice with a default, which the help shows.</summary>
    internal static TextArgument Choice(string valueName, string defaultText, params string[] choices) =>
        new(valueName, "", ArgumentArity.ZeroOrOne, defaultText) { PossibleValues = choices };
}
