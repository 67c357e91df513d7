using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>An option without a value.</summary>
internal sealed class Flag : Option<bool>
{
    internal Flag(string name, string description, params string[] aliases)
        : base(name, aliases)
    {
        Description = description;
        Arity = ArgumentArity.Zero;
    }

    /// <summary>rustup does not have it; help shows it apart, and it is never a suggestion.</summary>
    internal bool IsAddition { get; init; }
}
