using System.Globalization;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>What a run came to.</summary>
internal sealed class RunCounts
{
    internal int Commands { get; set; }

    internal int Succeeded { get; set; }

    internal int Failed { get; set; }

    internal int Killed { get; set; }

    internal int Proxies { get; set; }

    internal int Epochs { get; set; }

    internal List<Anomaly> Anomalies { get; } = [];

    internal int LostUpdates => Anomalies.Count(anomaly => anomaly.Kind == AnomalyKind.LostUpdate);

    internal int LeakedFiles => Anomalies.Count(anomaly => anomaly.Kind == AnomalyKind.LeakedFile);
}

/// <summary>
/// Epoch by epoch: workers run for a few seconds and stop; then the state is read, everything that happened since the
/// last known state is checked against it, and the next epoch starts from there. So no history gets long.
/// </summary>
internal sealed class StressRun
{
    internal static readonly Channel[] Channels = [new("stable"), new("beta"), new("nightly"), new("1.91.0")];

    private readonly StressOptions options;
    private readonly Scene scene;
    private readonly MovingMirror mirror;
    private readonly Home home;
    private readonly List<Worker> workers;
    private readonly Random random;
    private readonly Meeting? meeting;
    private readonly TimeSpan epochLength;

    /// <param name="options">What was asked for.</param>
    /// <param name="root">A folder of this run, which both machines see.</param>
    /// <param name="rustupHome">The home.</param>
    /// <param name="published">The programs.</param>
    /// <param name="meeting">Where the second machine is told when to work; null if there is none.</param>
    internal StressRun(StressOptions options, string root, string rustupHome, string published, Meeting? meeting)
    {
        this.options = options;
        this.meeting = meeting;
        epochLength = TimeSpan.FromSeconds(options.EpochSeconds);
        random = new Random(options.Seed);
        scene = new Scene(Channels, root, meeting is null ? options.Processes : options.Processes * 2);
        foreach (var directory in scene.Directories)
        {
            Directory.CreateDirectory(directory);
        }
        mirror = new MovingMirror(MovingMirror.FolderOf(root));
        home = new Home(root, rustupHome, mirror.Url);
        home.SetUp(published);
        workers = [.. Enumerable.Range(1, options.Processes).Select(number => new Worker(number, options.Seed, home, mirror, scene))];
    }

    /// <summary>Runs for the given time, or until an epoch with an anomaly: what it left is for people to look at.</summary>
    internal RunCounts Run(Action<int, IReadOnlyList<ExecutedCommand>, IReadOnlyList<Anomaly>> keep)
    {
        try
        {
            return RunEpochs(keep);
        }
        finally
        {
            meeting?.End();
        }
    }

    private RunCounts RunEpochs(Action<int, IReadOnlyList<ExecutedCommand>, IReadOnlyList<Anomaly>> keep)
    {
        var counts = new RunCounts();
        var deadline = Clock.Now + TimeSpan.FromSeconds(options.Seconds).Ticks;
        var state = ReadState();
        while (Clock.Now < deadline && counts.Anomalies.Count == 0)
        {
            var end = Math.Min(deadline, Clock.Now + epochLength.Ticks);
            var history = new History(state, Channels, scene.Directories);
            var anomalies = new List<Anomaly>();
            meeting?.Begin(counts.Epochs, end);
            var commands = RunEpoch(end, anomalies);
            if (meeting is not null)
            {
                var elsewhere = meeting.Receive(counts.Epochs)
                    .Select(command => command with { ServerDays = mirror.DaysBetween(command.Start, command.End) });
                commands = [.. commands.Concat(elsewhere).OrderBy(command => command.Start)];
            }
            foreach (var command in commands)
            {
                Explain(command, history, anomalies);
            }
            // What a command did that misbehaved is not in the history, so nothing follows from that.
            var isWhole = anomalies.Count == 0;
            if (CheckQuietHome(anomalies) is { } known && isWhole)
            {
                ExpectState(history, known);
                anomalies.AddRange(history.Check());
                state = known;
            }
            Count(counts, commands);
            counts.Anomalies.AddRange(anomalies);
            if (anomalies.Count > 0)
            {
                keep(counts.Epochs, commands, anomalies);
            }
        }
        return counts;
    }

    private List<ExecutedCommand> RunEpoch(long end, List<Anomaly> anomalies)
    {
        var results = new IReadOnlyList<ExecutedCommand>[workers.Count];
        var failures = new List<Exception>();
        var threads = workers.Select((worker, index) => new Thread(() =>
            Guard(() => results[index] = worker.WorkUntil(end)))).ToList();
        var advance = TimeSpan.FromSeconds(random.NextDouble() * epochLength.TotalSeconds);
        threads.Add(new Thread(() => Guard(() =>
        {
            Thread.Sleep(advance);
            mirror.Advance();
        })));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        anomalies.AddRange(failures.Select(failure => new Anomaly(AnomalyKind.Misbehaviour, failure.ToString())));
        return [.. results.Where(result => result is not null).SelectMany(result => result).OrderBy(command => command.Start)];

        void Guard(Action work)
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        }
    }

    private static void Explain(ExecutedCommand command, History history, List<Anomaly> anomalies)
    {
        try
        {
            command.Request.Explain(command, history);
        }
        catch (MisbehaviourException misbehaviour)
        {
            anomalies.Add(new Anomaly(AnomalyKind.Misbehaviour, misbehaviour.Message));
        }
    }

    /// <summary>Reads the state and checks every invariant; null if it cannot even be read.</summary>
    private HomeState? CheckQuietHome(List<Anomaly> anomalies)
    {
        try
        {
            home.WaitUntilQuiet();
            // What a kill left is swept by the next writing command, so this must come first, and must keep the state.
            home.Ask("store", "gc", "--older-than", "0d", "--keep-generations", "0");
            home.Ask("store", "verify", "--contents");
            anomalies.AddRange(new StoreInspection(home.RustupHome).FindAnomalies());
            var state = ReadState();
            RequireSettingsFile(state, anomalies);
            return state;
        }
        catch (MisbehaviourException misbehaviour)
        {
            anomalies.Add(new Anomaly(AnomalyKind.BrokenInvariant, misbehaviour.Message));
            return null;
        }
    }

    /// <summary>The state as commands tell it; every installed toolchain must run.</summary>
    private HomeState ReadState()
    {
        var installed = home.Ask("toolchain", "list", "-q").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line != "no installed toolchains").ToList();
        var settings = File.ReadAllLines(Path.Combine(home.RustupHome, "settings.toml"));
        var hasDefault = settings.Any(line => line.StartsWith("default_toolchain", StringComparison.Ordinal));
        return new HomeState(
            installed.ToDictionary(name => name, name => new Toolchain(
                ReadDay(name), ListComponents.Parse(home.Ask("component", "list", "--installed", "--toolchain", name)))),
            hasDefault ? home.Ask("default").Split(' ')[0] : null,
            ListOverrides.Parse(home.Ask("override", "list")));
    }

    private int ReadDay(string name)
    {
        var version = home.AskTool("rustc", $"+{name}", "--version");
        var stamp = version[(version.IndexOf("hash-", StringComparison.Ordinal) + "hash-x".Length)..];
        return int.Parse(stamp[..stamp.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    /// <summary>settings.toml must say what the commands say.</summary>
    private void RequireSettingsFile(HomeState state, List<Anomaly> anomalies)
    {
        var lines = File.ReadAllLines(Path.Combine(home.RustupHome, "settings.toml"));
        var expected = state.Overrides.Select(entry => $"\"{entry.Key}\" = \"{entry.Value}\"")
            .Append(state.Default is null ? null : $"default_toolchain = \"{state.Default}\"").OfType<string>();
        anomalies.AddRange(expected.Where(line => !lines.Contains(line))
            .Select(line => new Anomaly(AnomalyKind.BrokenInvariant, $"settings.toml lacks: {line}")));
    }

    /// <summary>The end of every order: what is read afterwards.</summary>
    private static void ExpectState(History history, HomeState state)
    {
        foreach (var name in history.ToolchainNames)
        {
            var expected = state.Toolchains.GetValueOrDefault(name);
            history.OfToolchain(name).Add(FinalStep<Toolchain?>(expected, ToolchainRules.Require(found => found == expected)));
        }
        foreach (var directory in history.Directories.Union(state.Overrides.Keys).ToList())
        {
            var expected = state.Overrides.GetValueOrDefault(directory);
            history.OfOverride(directory).Add(FinalStep<string?>(expected, found => found == expected ? [found] : []));
        }
        history.Default.Add(FinalStep<string?>(state.Default, found => found == state.Default ? [found] : []));
    }

    private static Step<TState> FinalStep<TState>(TState expected, Func<TState, IEnumerable<TState>> apply) => new()
    {
        Text = $"afterwards it is {expected?.ToString() ?? "(none)"}",
        Start = Clock.Now,
        End = long.MaxValue,
        Apply = apply,
    };

    private static void Count(RunCounts counts, List<ExecutedCommand> commands)
    {
        counts.Epochs++;
        counts.Commands += commands.Count;
        counts.Killed += commands.Count(command => command.WasKilled);
        counts.Succeeded += commands.Count(command => command is { WasKilled: false, ExitCode: 0 });
        counts.Failed += commands.Count(command => command is { WasKilled: false, ExitCode: not 0 });
        counts.Proxies += commands.Count(command => command.Request is ProxyRun);
    }
}
