using System.Globalization;

namespace ToolchainStore.Tests.Stress;

/// <summary>What a run was asked for.</summary>
internal sealed record StressOptions(int Seconds, int Processes, int Seed)
{
    internal const string Usage = "usage: stress [--seconds N] [--processes N] [--seed N]";

    /// <summary>Null if the arguments are none of ours.</summary>
    internal static StressOptions? TryParse(IReadOnlyList<string> arguments)
    {
        var options = new StressOptions(Seconds: 60, Processes: 8, Seed: Random.Shared.Next(1, 1_000_000));
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count
                || !int.TryParse(arguments[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }
            switch (arguments[index])
            {
                case "--seconds" when value > 0:
                    options = options with { Seconds = value };
                    break;
                case "--processes" when value > 0:
                    options = options with { Processes = value };
                    break;
                case "--seed":
                    options = options with { Seed = value };
                    break;
                default:
                    return null;
            }
        }
        return options;
    }
}
