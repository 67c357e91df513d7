namespace ToolchainStore.Benchmarks;

/// <summary>What bench/run passes on.</summary>
internal sealed record BenchmarkOptions
{
    internal required string Mirror { get; init; }

    internal required string RealRustup { get; init; }

    /// <summary>The directory with our published programs.</summary>
    internal required string Product { get; init; }

    /// <summary>The program that serves a directory: <c>serve.py DIRECTORY --port 0</c>.</summary>
    internal required string ServerProgram { get; init; }

    internal required string Output { get; init; }

    internal bool IsQuick { get; init; }

    /// <summary>The only rows to measure; empty for all.</summary>
    internal IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Reads the command line; null, with a line on standard error, if it is wrong.</summary>
    internal static BenchmarkOptions? TryParse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>();
        var isQuick = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--quick")
            {
                isQuick = true;
            }
            else if (arguments[index] is "--mirror" or "--real-rustup" or "--product" or "--server-program" or "--output"
                or "--only" && index + 1 < arguments.Count)
            {
                values[arguments[index]] = arguments[++index];
            }
            else
            {
                Console.Error.WriteLine($"error: unknown or incomplete argument '{arguments[index]}'");
                return null;
            }
        }
        foreach (var needed in (string[])["--mirror", "--real-rustup", "--product", "--server-program", "--output"])
        {
            if (!values.ContainsKey(needed))
            {
                Console.Error.WriteLine($"error: {needed} is missing");
                return null;
            }
        }
        return new BenchmarkOptions
        {
            Mirror = Path.GetFullPath(values["--mirror"]),
            RealRustup = Path.GetFullPath(values["--real-rustup"]),
            Product = Path.GetFullPath(values["--product"]),
            ServerProgram = Path.GetFullPath(values["--server-program"]),
            Output = Path.GetFullPath(values["--output"]),
            IsQuick = isQuick,
            Only = values.GetValueOrDefault("--only", "").Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
