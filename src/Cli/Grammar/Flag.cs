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
}
