using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>A command that a worker runs, and what its result says about the objects it touched.</summary>
[JsonDerivedType(typeof(Install), nameof(Install))]
[JsonDerivedType(typeof(UpdateOne), nameof(UpdateOne))]
[JsonDerivedType(typeof(UpdateAll), nameof(UpdateAll))]
[JsonDerivedType(typeof(Uninstall), nameof(Uninstall))]
[JsonDerivedType(typeof(AddComponent), nameof(AddComponent))]
[JsonDerivedType(typeof(RemoveComponent), nameof(RemoveComponent))]
[JsonDerivedType(typeof(SetDefault), nameof(SetDefault))]
[JsonDerivedType(typeof(SetOverride), nameof(SetOverride))]
[JsonDerivedType(typeof(UnsetOverride), nameof(UnsetOverride))]
[JsonDerivedType(typeof(Collect), nameof(Collect))]
[JsonDerivedType(typeof(ReadDefault), nameof(ReadDefault))]
[JsonDerivedType(typeof(ListToolchains), nameof(ListToolchains))]
[JsonDerivedType(typeof(ListComponents), nameof(ListComponents))]
[JsonDerivedType(typeof(ListOverrides), nameof(ListOverrides))]
[JsonDerivedType(typeof(ReadStatus), nameof(ReadStatus))]
[JsonDerivedType(typeof(RunCompiler), nameof(RunCompiler))]
[JsonDerivedType(typeof(Build), nameof(Build))]
[JsonDerivedType(typeof(HoldThenCompile), nameof(HoldThenCompile))]
[JsonDerivedType(typeof(Hold), nameof(Hold))]
[JsonDerivedType(typeof(BuildInDirectory), nameof(BuildInDirectory))]
public abstract partial record Request
{
    /// <summary>The program below <c>$CARGO_HOME/bin</c>.</summary>
    public virtual string Program => "rustup";

    public abstract IReadOnlyList<string> Arguments { get; }

    public virtual IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>();

    public virtual string? WorkingDirectory => null;

    /// <summary>How long its input stays open: some tools end only then.</summary>
    public virtual TimeSpan InputOpen => TimeSpan.Zero;

    /// <summary>Whether it ends with the process that was started: otherwise killing that one proves nothing.</summary>
    public virtual bool CanBeKilled => true;

    /// <summary>Whether it changes the store, so that it passes places to crash at.</summary>
    public virtual bool IsWriter => true;

    /// <summary>Adds what happened to the history; throws if that is right in no state.</summary>
    public void Explain(ExecutedCommand command, History history)
    {
        var report = new Report(command, history);
        if (command.WasKilled)
        {
            ExplainKilled(report);
        }
        else if (command.ExitCode == 0)
        {
            ExplainSuccess(report);
        }
        else
        {
            ExplainFailure(report);
        }
    }

    /// <summary>What a killed command may have done.</summary>
    protected virtual void ExplainKilled(Report report)
    {
    }

    protected abstract void ExplainSuccess(Report report);

    /// <summary>A failure must have been right at some moment while the command ran.</summary>
    protected virtual void ExplainFailure(Report report)
    {
        if (report.ErrorMentionsServerUpdate())
        {
            return;
        }
        if (NotInstalled().Match(report.Command.Error) is { Success: true } missing)
        {
            report.SawAbsent(missing.Groups["name"].Value);
            return;
        }
        throw report.Misbehaviour("this failure is right in no state");
    }

    [GeneratedRegex("^error: toolchain '(?<name>[^']+)' is not installed$", RegexOptions.Multiline)]
    private static partial Regex NotInstalled();
}
