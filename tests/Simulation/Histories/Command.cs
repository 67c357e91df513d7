namespace ToolchainStore.Tests.Simulation.Histories;

internal enum CommandKind
{
    Install,
    Update,
    AddComponent,
    RemoveComponent,
    Uninstall,
    RollBack,
    Undo,
    Adopt,
    Link,
    SetDefault,
    SetOverride,
    UnsetOverride,
    Collect,
    ReadDocumentation,
    RunTool,
    ReadAll,
}

/// <summary>One command that a simulated process runs, on one object: a toolchain's name, a path, or the default.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Subject">The name or path; empty for the default and for collections.</param>
/// <param name="Argument">The component, or the toolchain that a setting names.</param>
internal sealed record Command(CommandKind Kind, string Subject, string Argument = "")
{
    public override string ToString() => $"{Kind} {Subject} {Argument}".TrimEnd();
}

/// <summary>A command with when it began and ended, and what it reported. No report: it was killed, nobody knows.</summary>
internal sealed record Event(int Process, Command Command, int Began, int Ended, string? Report, int FirstDay, int LastDay)
{
    public override string ToString() => $"[{Began,5} - {Ended,5}] process {Process}: {Command} -> {Report ?? "(killed)"}";
}
