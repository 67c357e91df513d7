using ToolchainStore.Platform;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>Runs random commands, one after the other.</summary>
internal sealed class Worker(int number, int seed, Home home, MovingMirror? mirror, Scene scene)
{
    private static readonly string[] components = ["clippy", "rust-src", "rustfmt", ComponentArguments.OtherTarget];

    private static readonly string[] crashPoints =
    [
        .. typeof(CrashPoint).GetFields()
            .Where(field => field.IsLiteral && field.Name != nameof(CrashPoint.Variable))
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    private readonly Random random = new(Seed(seed, number));

    /// <summary>Works until a moment; the command that runs then is finished.</summary>
    internal IReadOnlyList<ExecutedCommand> WorkUntil(long moment)
    {
        var commands = new List<ExecutedCommand>();
        while (Clock.Now < moment)
        {
            var request = Choose();
            commands.Add(home.Run(request, number, ChooseDisturbance(request), mirror));
        }
        return commands;
    }

    private Request Choose() => random.Next(100) switch
    {
        < 9 => new Install(AnyChannel(), random.Next(3) == 0 ? AnyOf(components[..3]) : null),
        < 13 => new UpdateOne(AnyChannel()),
        < 16 => new UpdateAll(scene.Channels),
        < 22 => new Uninstall(AnyChannel()) { CollectsItself = random.Next(2) == 0 },
        < 33 => new AddComponent(AnyChannel(), AnyOf(components)),
        < 41 => new RemoveComponent(AnyChannel(), AnyOf(components)),
        < 44 => new SetDefault(random.Next(6) == 0 ? null : AnyChannel()),
        < 51 => new SetOverride(AnyDirectory(), AnyChannel()),
        < 55 => new UnsetOverride(AnyDirectory()),
        < 60 => new Collect(AnyOf<string[]>([[], ["--older-than", "0d", "--keep-generations", "0"], ["--older-than", "0d"], ["--keep-generations", "1"], ["--dry-run"]])),
        < 62 => new ReadDefault(),
        < 65 => new ListToolchains(),
        < 69 => new ListComponents(AnyChannel()),
        < 72 => new ListOverrides(),
        < 73 => new ReadStatus(),
        < 82 => new RunCompiler(AnyChannel()) { Installs = random.Next(6) == 0 },
        < 88 => new Build(AnyChannel(), Milliseconds(100)),
        < 91 => new HoldThenCompile(AnyChannel(), Milliseconds(400)),
        < 94 => new Hold(AnyChannel(), Milliseconds(400)),
        _ => new BuildInDirectory(AnyDirectory()),
    };

    private Disturbance ChooseDisturbance(Request request)
    {
        if (!request.CanBeKilled)
        {
            return new Disturbance.None();
        }
        return random.Next(100) switch
        {
            < 10 => new Disturbance.KilledAfter(Milliseconds(60)),
            < 22 when request.IsWriter => new Disturbance.KilledAt(AnyOf(crashPoints), random.Next(1, 4)),
            < 35 when request.IsWriter => new Disturbance.PausedAt(AnyOf(crashPoints), random.Next(1, 4), Milliseconds(300)),
            _ => new Disturbance.None(),
        };
    }

    private Channel AnyChannel() => AnyOf([.. scene.Channels]);

    /// <summary>Mostly a directory that nobody else binds: what is lost there cannot have been replaced by others.</summary>
    private string AnyDirectory() => random.Next(3) == 0 ? AnyOf([.. scene.SharedDirectories]) : scene.DirectoryOf(number);

    private TimeSpan Milliseconds(int most) => TimeSpan.FromMilliseconds(random.Next(1, most));

    private T AnyOf<T>(T[] choices) => choices[random.Next(choices.Length)];

    /// <summary>The worker's own seed; unlike a <see cref="HashCode"/> the same in every run, so that a seed can be tried again.</summary>
    private static int Seed(int seed, int number) => unchecked((seed * 397) ^ (number * 7919));
}

/// <summary>What the workers share.</summary>
internal sealed record Scene(IReadOnlyList<Channel> Channels, string Root, int Workers)
{
    internal IReadOnlyList<string> SharedDirectories { get; } = [Path.Combine(Root, "shared-1"), Path.Combine(Root, "shared-2")];

    internal IEnumerable<string> Directories => [.. SharedDirectories, .. Enumerable.Range(1, Workers).Select(DirectoryOf)];

    internal string DirectoryOf(int worker) => Path.Combine(Root, $"worker-{worker}");
}
