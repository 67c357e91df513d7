namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>One atomic change or observation of one object, made by a command somewhere between its start and its end.</summary>
public sealed class Step<TState>
{
    /// <summary>What people read when it cannot be explained.</summary>
    public required string Text { get; init; }

    public required long Start { get; init; }

    public required long End { get; init; }

    /// <summary>The states that may follow a state, given what the command reported; none if it cannot have happened there.</summary>
    public required Func<TState, IEnumerable<TState>> Apply { get; init; }

    /// <summary>Whether it may not have happened at all: the command was killed, or did not say.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether it changes the object; if not, it only looks.</summary>
    public bool IsChange { get; init; }

    /// <summary>The step of the same command that comes before this one.</summary>
    public Step<TState>? After { get; init; }
}
