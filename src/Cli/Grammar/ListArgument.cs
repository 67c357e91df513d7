using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>Any number of positional values: <c>&lt;TARGET&gt;...</c> or <c>[TOOLCHAIN]...</c>.</summary>
internal sealed class ListArgument : Argument<string[]>, ITakesValues
{
    private ListArgument(string valueName, string description, ArgumentArity arity)
        : base(valueName)
    {
        Description = description;
        Arity = arity;
        DefaultValueFactory = _ => [];
    }

    public string ValueName => Name;

    public IReadOnlyList<string> PossibleValues => [];

    public Func<string, string?>? FindFault { get; init; }

    public string? DefaultText => null;

    public bool TakesMany => true;

    public bool IsPath => false;

    internal static ListArgument OneOrMore(
        string valueName, string description, Func<string, string?>? findFault = null) =>
        new(valueName, description, ArgumentArity.OneOrMore) { FindFault = findFault };

    internal static ListArgument ZeroOrMore(
        string valueName, string description, Func<string, string?>? findFault = null) =>
        new(valueName, description, ArgumentArity.ZeroOrMore) { FindFault = findFault };
}
