using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>An option with comma-separated values that may be repeated: <c>-c a,b -c c</c>.</summary>
internal sealed class ListOption : Option<string[]>, ITakesValues
{
    internal ListOption(string name, string valueName, string description, params string[] aliases)
        : base(name, aliases)
    {
        HelpName = valueName;
        Description = description;
        Arity = ArgumentArity.OneOrMore;
        DefaultValueFactory = _ => [];
    }

    public string ValueName => HelpName!;

    public IReadOnlyList<string> PossibleValues => [];

    public Func<string, string?>? FindFault => null;

    public string? DefaultText => null;

    public bool TakesMany => true;

    public bool IsPath => false;
}
