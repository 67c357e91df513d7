using System.Globalization;

namespace ToolchainStore.Tests.Stress;

/// <summary>What a run was asked for.</summary>
internal sealed record StressOptions(int Seconds, int Processes, int Seed)
{
    internal const string Usage = """
        usage: stress [--seconds N] [--processes N] [--seed N] [--epoch SECONDS] [--machine 1|2 --meet FOLDER --home FOLDER]
            --machine N    one of two machines that share a home; each runs this program, with so many processes of its own
            --meet FOLDER  an empty folder that both have on a local disk; the first one's programs and mirror go there
            --home FOLDER  the shared home, as this machine sees it
        """;

    /// <summary>How long workers run before the home is looked at.</summary>
    internal int EpochSeconds { get; init; } = 5;

    /// <summary>Which of two machines this is; null if there is one only.</summary>
    internal int? Machine { get; init; }

    internal string? MeetingFolder { get; init; }

    internal string? RustupHome { get; init; }

    /// <summary>Null if the arguments are none of ours.</summary>
    internal static StressOptions? TryParse(IReadOnlyList<string> arguments)
    {
        var options = new StressOptions(Seconds: 60, Processes: 8, Seed: Random.Shared.Next(1, 1_000_000));
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count || options.TryWith(arguments[index], arguments[index + 1]) is not { } more)
            {
                return null;
            }
            options = more;
        }
        return options is { Machine: null, MeetingFolder: null, RustupHome: null }
            or { Machine: 1 or 2, MeetingFolder: not null, RustupHome: not null }
                ? options
                : null;
    }

    private StressOptions? TryWith(string name, string text)
    {
        switch (name)
        {
            case "--meet":
                return this with { MeetingFolder = text };
            case "--home":
                return this with { RustupHome = text };
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }
        return name switch
        {
            "--seconds" when value > 0 => this with { Seconds = value },
            "--processes" when value > 0 => this with { Processes = value },
            "--epoch" when value > 0 => this with { EpochSeconds = value },
            "--seed" => this with { Seed = value },
            "--machine" => this with { Machine = value },
            _ => null,
        };
    }
}
