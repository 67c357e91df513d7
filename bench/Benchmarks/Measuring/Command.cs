namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>A program to run, with exactly this environment.</summary>
internal sealed record Command(
    string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string Directory)
{
    internal Command With(string variable, string value) =>
        this with { Environment = new Dictionary<string, string>(Environment) { [variable] = value } };

    internal Command In(string directory) => this with { Directory = directory };

    /// <summary>A program with this process's own environment: what prepares, not what is measured.</summary>
    internal static Command Inherit(string program, params IReadOnlyList<string> arguments)
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }
        return new Command(program, arguments, environment, Path.GetTempPath());
    }

    internal static Command Shell(string script, string directory) =>
        Inherit("/bin/sh", "-c", script).In(directory);

    public override string ToString() => $"{Path.GetFileName(Program)} {string.Join(' ', Arguments)}";
}

/// <summary>What a run cost and said.</summary>
internal sealed record Execution(TimeSpan Elapsed, long PeakBytes, int ExitCode, string Output);

/// <summary>The measurement cannot go on; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
