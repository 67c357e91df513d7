using System.CommandLine;

namespace ToolchainStore.Cli.Grammar;

/// <summary>A command with what rustup's grammar knows about it and System.CommandLine does not.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>The text after the options in its help, without the first two columns.</summary>
    internal string? Discussion { get; init; }

    /// <summary>The heading over <see cref="Discussion"/>.</summary>
    internal string DiscussionHeading { get; init; } = "Discussion";

    /// <summary>It is a program: knows <c>--version</c>, and its help starts with it.</summary>
    internal bool HasVersion { get; init; }

    /// <summary>Sets of options of which a command line may contain one each.</summary>
    internal IReadOnlyList<IReadOnlyList<Option>> Exclusive { get; init; } = [];

    /// <summary>From the last argument's first value on, everything is passed verbatim, options too.</summary>
    internal bool PassesArgumentsThrough { get; init; }
}
