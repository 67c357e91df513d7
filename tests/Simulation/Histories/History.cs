using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>What came of one history.</summary>
internal sealed record HistoryOutcome(
    int Seed, ulong Interleaving, int Steps, int Kills, int PowerLosses, IReadOnlyDictionary<string, int> CrashPoints,
    IReadOnlyList<Event> Events, IReadOnlyList<string> Anomalies);

/// <summary>
/// One seeded history: 3 to 5 workers run 4 to 8 commands each, interleaved at their effects; in half of the histories
/// somebody is killed or the power goes. Afterwards there must be an order that explains every report, and a whole store.
/// </summary>
internal static class History
{
    private static readonly string[] Names = ["stable", "nightly", "1.91.0"];
    private static readonly string[] Paths = ["/a", "/b"];
    private const string LinkedName = "mine";
    private static readonly List<string> crashPoints = [.. SeriesResult.CrashPointsOfTheStore()];
    private static readonly string[] Extras = ["clippy-preview", "rust-src"];
    private const string Documentation = "rust-docs";

    internal static HistoryOutcome Run(int seed, World template, IReadOnlyList<ActorThread> threads)
    {
        var random = new Random(seed);
        using var world = template.Copy(random.Next());
        world.Server.Day = 1;
        var hasForeign = seed % 4 == 0;
        if (hasForeign)
        {
            LeaveForeignToolchain(world);
        }
        // In a fifth of them documentation waits to be unpacked.
        var waits = seed % 5 == 2;
        if (waits)
        {
            DeferDocumentation(world);
        }
        var plans = DrawPlans(random, hasForeign, waits);
        // A crash that is due after the end of the history does not happen, so four of five are due for half to have one.
        var crash = random.Next(5) / 2;
        using var scheduler = new Scheduler(world, random, plans.Count, powerLostAfter: crash == 0 ? random.Next(1, 300) : null);
        if (crash == 1)
        {
            if (random.Next(2) == 0)
            {
                scheduler.Actors[random.Next(plans.Count)].KilledAfter = random.Next(1, 80);
            }
            else
            {
                scheduler.KilledAt = (crashPoints[random.Next(crashPoints.Count)], random.Next(1, 4));
            }
        }
        var runner = new CommandRunner(world, scheduler, random);
        var events = new List<Event>();
        var anomalies = new List<string>();
        var lastProcess = 0;
        scheduler.Run(threads, actor =>
        {
            foreach (var command in plans[actor.Number - 1])
            {
                var process = scheduler.StartProcess(actor, ++lastProcess);
                scheduler.Note();
                var (began, firstDay) = (scheduler.Step, world.Server.Day);
                string? report = null;
                try
                {
                    report = runner.Run(process, command);
                }
                catch (ProcessKilled)
                {
                    // Nobody knows what came of it.
                }
                catch (Exception failed)
                {
                    anomalies.Add($"{command} ends with {failed}");
                }
                scheduler.Note();
                events.Add(new Event(process.Id, command, began, scheduler.Step, report, firstDay, world.Server.Day));
                if (random.Next(10) == 0 && world.Server.Day < world.Server.LastDay)
                {
                    world.Server.Day++;
                }
                scheduler.EndProcess(actor);
            }
        });
        if (scheduler.Anomaly is { } anomaly)
        {
            anomalies.Add(anomaly);
        }
        if (anomalies.Count == 0)
        {
            CheckAfterwards(world, events, hasForeign, anomalies);
        }
        return new HistoryOutcome(
            seed, scheduler.Interleaving, scheduler.Step, scheduler.Kills, scheduler.PowerLosses, scheduler.Passed, events, anomalies);
    }

    /// <summary>A store that was opened once, so that a history does not spend itself on making it.</summary>
    internal static World BuildTemplate(ReleaseServer server)
    {
        var disk = new Disk();
        var world = new World(disk, journalToCopy: null, server, seed: 0);
        disk.Add(disk.Root, "home", disk.Allocate(Platform.FileKind.Directory));
        var process = new SimulatedProcess(world, 1, new Enumeration.SoloDirector(plan: null));
        LocalStore.OpenForWriting(Contents.OptionsOf(process)).Dispose();
        disk.SyncAll();
        return world;
    }

    /// <summary>What a plain rustup installed before anybody came: the first release of the first name.</summary>
    private static void LeaveForeignToolchain(World world)
    {
        var process = new SimulatedProcess(world, 1, new Enumeration.SoloDirector(plan: null));
        var files = process.Machine.Files;
        var (name, other) = (Enumeration.EnumeratedOperation.Official(Names[0]), Enumeration.EnumeratedOperation.Official("1.89.0"));
        using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
        store.Follow(new FollowRequest { Name = name, Profile = Distribution.Profile.Minimal });
        ForeignToolchain.Write(files, store, name, world.Layout, other);
        store.Uninstall(name);
        store.Collect(Contents.Everything);
        files.Rename(world.Layout.ToolchainView(other.Text), world.Layout.ToolchainView(name.Text));
        files.Rename(world.Layout.UpdateHash(other.Text), world.Layout.UpdateHash(name.Text));
        world.Disk.SyncAll();
    }

    private static void DeferDocumentation(World world)
    {
        var process = new SimulatedProcess(world, 1, new Enumeration.SoloDirector(plan: null));
        using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
        store.SetSetting(SettingKeys.Documentation, "on-demand");
        world.Disk.SyncAll();
    }

    private static string InitialState(string subject, bool hasForeign) =>
        hasForeign && subject == Names[0] ? SequentialStore.Format(1, []) : SequentialStore.Absent;

    private static List<List<Command>> DrawPlans(Random random, bool hasForeign, bool waits) =>
    [
        .. Enumerable.Range(0, DrawLow(random, 3, 5)).Select(_ =>
            Enumerable.Range(0, DrawLow(random, 4, 8)).Select(_ => Draw(random, hasForeign, waits)).ToList()),
    ];

    /// <summary>More often few than many: short histories find as much, and more of them fit into the time.</summary>
    private static int DrawLow(Random random, int least, int most) =>
        Enumerable.Range(0, 3).Min(_ => random.Next(least, most + 1));

    private static Command Draw(Random random, bool hasForeign, bool waits)
    {
        if (hasForeign && random.Next(8) == 0)
        {
            return new Command(CommandKind.Adopt, Names[0]);
        }
        // Few names, so that processes meet.
        var name = Names[random.Next(random.Next(2) == 0 ? 1 : Names.Length)];
        if (waits && random.Next(3) == 0)
        {
            return random.Next(2) == 0
                ? new Command(CommandKind.ReadDocumentation, name)
                : new Command(CommandKind.AddComponent, name, Documentation);
        }
        string[] extras = waits ? [.. Extras, Documentation] : Extras;
        var extra = extras[random.Next(extras.Length)];
        var path = Paths[random.Next(Paths.Length)];
        return random.Next(25) switch
        {
            < 4 => new Command(CommandKind.Install, name),
            4 => new Command(CommandKind.Update, name),
            5 => new Command(CommandKind.Update, "nightly"),
            6 or 7 => new Command(CommandKind.AddComponent, name, extra),
            8 => new Command(CommandKind.RemoveComponent, name, extra),
            9 or 10 => new Command(CommandKind.Uninstall, name),
            11 => new Command(CommandKind.SetDefault, "", name),
            12 => new Command(CommandKind.SetOverride, path, name),
            13 => new Command(CommandKind.UnsetOverride, path),
            14 => new Command(CommandKind.Collect, "", "everything"),
            15 => new Command(CommandKind.Collect, "", "old"),
            16 => new Command(CommandKind.Link, LinkedName, path),
            17 => new Command(CommandKind.Uninstall, LinkedName),
            18 or 19 => new Command(CommandKind.RollBack, name),
            20 => new Command(CommandKind.Undo, name),
            _ => new Command(CommandKind.RunTool, name),
        };
    }

    private static void CheckAfterwards(World world, List<Event> events, bool hasForeign, List<string> anomalies)
    {
        var director = new Enumeration.SoloDirector(plan: null);
        var process = new SimulatedProcess(world, 1000, director);
        using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
        {
            anomalies.AddRange(Contents.FindFaults(store, world).Select(fault => $"once recovered: {fault}"));
            AddFinalReads(world, process, events);
            anomalies.AddRange(OrderSearch.FindUnordered(events, subject => InitialState(subject, hasForeign)));
            store.Collect(Contents.Everything);
            anomalies.AddRange(Contents.FindFaults(store, world).Select(fault => $"after a collection: {fault}"));
        }
        anomalies.AddRange(Contents.FindLeaks(process, world));
    }

    private static void AddFinalReads(World world, SimulatedProcess process, List<Event> events)
    {
        var reader = new CommandRunner(world, null!, new Random(0));
        foreach (var subject in Names.Concat(Paths).Append(LinkedName).Append(""))
        {
            var command = new Command(CommandKind.ReadAll, subject);
            events.Add(new Event(process.Id, command, int.MaxValue - 1, int.MaxValue, reader.Run(process, command), world.Server.Day, world.Server.Day));
        }
    }
}
