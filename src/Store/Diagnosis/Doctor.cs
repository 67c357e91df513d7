using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Diagnosis;

/// <summary>
/// Tries what a store relies on where a home is: the locks of the journal and of leases between two processes, renames, what
/// others see, the clock. It does not open the store, so it also works where that is refused.
/// </summary>
/// <remarks>Writes to a folder of its own only. Crash: that folder stays, with a few small files.</remarks>
/// <param name="machine">The machine.</param>
/// <param name="layout">Where the store is, or would be.</param>
/// <param name="program">This program: <c>store doctor --probe FOLDER</c> makes it the second process.</param>
/// <param name="patience">Is told of a network file system before the first lock, and of a lock that nobody answers for.</param>
public sealed class Doctor(Machine machine, StoreLayout layout, string program, JournalPatience patience)
{
    internal const string OtherMachine = "other machine";

    private const string MountOptions = "mount options";
    private const string ByteRanges = "byte-range locks";
    private const string WholeFiles = "whole-file locks";
    private const string Renames = "rename";
    private const string Visibility = "visibility";
    private const string Clock = "clock";
    private const string AppearedText = "appeared";
    private const string ReplacedText = "new";

    private static readonly TimeSpan secondProcessLimit = TimeSpan.FromSeconds(60);

    /// <summary>Lies in stamps by less than this are what networks and ticks do.</summary>
    private static readonly TimeSpan skewLimit = TimeSpan.FromSeconds(2);

    /// <summary>Looks at everything.</summary>
    /// <param name="meetingPatience">How long to wait for a doctor of another machine; null if none is to come.</param>
    public Diagnosis Examine(TimeSpan? meetingPatience)
    {
        if (!machine.Files.Exists(layout.Root))
        {
            machine.Files.CreateDirectories(layout.Root);
        }
        JournalMount.Examine(machine, layout, patience);
        var volume = machine.Files.Describe(layout.Root);
        var mount = machine.Files.FindMount(layout.Root);
        var mode = JournalDatabase.FindMode(machine, layout);
        List<Check> checks = [mode is null && IsJournalLost() ? LostJournal : DescribeMode(volume, mode), DescribeOptions(mount), DescribeSqlite()];
        if (!machine.Files.CanWrite(layout.Root))
        {
            checks.AddRange(Skip("you may not write here, and only who may can try this"));
            return new Diagnosis(layout.RustupHome, volume, mount, mode, checks);
        }
        checks.AddRange(Probe());
        if (meetingPatience is { } limit)
        {
            checks.Add(Guard(OtherMachine, () => new Meeting(machine, layout.Meeting, limit).Run()));
            TryDeleteMeeting();
        }
        return new Diagnosis(layout.RustupHome, volume, mount, mode, checks);
    }

    /// <summary>What the second process says of a folder, for the first one to read.</summary>
    public static string Look(Machine machine, string folder) => SecondProcess.Look(machine, folder).Format();

    private static Check LostJournal => new(
        "journal mode", CheckState.Failed, "the store has toolchains and no journal: run `rustup store verify --repair` to rebuild it");

    private bool IsJournalLost() => machine.Files.List(layout.Trees).Count > 0;

    private static Check DescribeMode(VolumeDescription volume, JournalMode? mode) => (volume.Kind, mode) switch
    {
        (VolumeKind.Network, JournalMode.WriteAheadLog) => new Check(
            "journal mode", CheckState.Failed,
            "a write-ahead log loses commits on a network file system: run `rustup store convert --journal=rollback` on the machine that has it on a local disk"),
        (_, null) => new Check("journal mode", CheckState.Ok, "there is no store yet"),
        (_, { } known) => new Check("journal mode", CheckState.Ok, JournalModeText.Format(known)),
    };

    /// <summary>nfs(5) and mount.cifs(8): options with which locks stay on this machine.</summary>
    private static Check DescribeOptions(MountDescription? mount)
    {
        if (mount is null)
        {
            return new Check(MountOptions, CheckState.Skipped, "this system does not tell them");
        }
        var keptHere = mount.Options.Where(option => option is "nolock" or "nobrl" or "local_lock=all" or "local_lock=flock" or "local_lock=posix").ToList();
        return keptHere.Count == 0
            ? new Check(MountOptions, CheckState.Ok, string.Join(',', mount.Options))
            : new Check(
                MountOptions, CheckState.Warning,
                $"with '{string.Join(',', keptHere)}' the locks of this machine are not seen by others: mount '{mount.Point}' without it");
    }

    private static Check DescribeSqlite() => JournalDatabase.FindSqliteFault() is { } fault
        ? new Check("SQLite", CheckState.Failed, fault)
        : new Check("SQLite", CheckState.Ok, JournalDatabase.SqliteVersion);

    private List<Check> Probe()
    {
        var folder = Path.Combine(layout.Meeting, $"{machine.NewId()}.probe");
        try
        {
            machine.Files.CreateDirectories(folder);
            return Probe(folder);
        }
        catch (StoreException refused)
        {
            return Skip(refused.Message.Split('\n')[0]);
        }
        finally
        {
            DeleteProbe(folder);
        }
    }

    private static List<Check> Skip(string why) =>
        [.. new[] { ByteRanges, WholeFiles, Renames, Visibility, Clock }.Select(name => new Check(name, CheckState.Skipped, why))];

    private List<Check> Probe(string folder)
    {
        var database = Path.Combine(folder, SecondProcess.DatabaseName);
        var replaced = Path.Combine(folder, SecondProcess.ReplacedName);
        machine.Files.WriteNew(replaced, "old"u8, FileSystemExtensions.OrdinaryFile);
        var before = machine.Clock.GetUtcNow();
        machine.Files.WriteNew(Path.Combine(folder, SecondProcess.AppearedName), System.Text.Encoding.UTF8.GetBytes(AppearedText), FileSystemExtensions.OrdinaryFile);
        var after = machine.Clock.GetUtcNow();
        SecondProcess held;
        using (machine.Locks.Ask(database, () => ProbeDatabase.BeginWriting(database)))
        using (LockFile.Create(machine, Path.Combine(folder, SecondProcess.LockName)))
        {
            machine.Files.WriteNew(replaced + ".new", System.Text.Encoding.UTF8.GetBytes(ReplacedText), FileSystemExtensions.OrdinaryFile);
            machine.Files.Rename(replaced + ".new", replaced);
            held = Ask(folder);
        }
        var free = Ask(folder);
        return
        [
            DescribeLock(ByteRanges, held.Database, free.Database),
            DescribeLock(WholeFiles, held.File, free.File),
            Expect(Renames, held.Replaced, ReplacedText, "a second process sees what a rename put in a file's place"),
            Expect(Visibility, held.Appeared, AppearedText, "a second process sees a new file"),
            DescribeClock(Path.Combine(folder, SecondProcess.AppearedName), before, after),
        ];
    }

    private SecondProcess Ask(string folder)
    {
        var result = machine.Processes.Capture(
            program, ["store", "doctor", "--probe", folder], new Dictionary<string, string?>(), secondProcessLimit);
        return SecondProcess.TryParse(result.Output)
            ?? throw new StoreException(
                StoreErrorKind.Busy,
                result.TimedOut
                    ? $"a second process did not come back within {secondProcessLimit.TotalSeconds:0} s: it waits for a lock that nobody answers for"
                    : $"a second process failed with exit code {result.ExitCode}");
    }

    private static Check DescribeLock(string name, string whileHeld, string afterwards) => (whileHeld, afterwards) switch
    {
        (SecondProcess.Held, SecondProcess.Free) => new Check(name, CheckState.Ok, "seen by a second process, and free after their end"),
        (SecondProcess.Held, _) => new Check(name, CheckState.Failed, $"still {afterwards} to a second process after it ended"),
        _ => new Check(name, CheckState.Failed, $"one that is held here is {whileHeld} to a second process: nothing is safe on this file system"),
    };

    private static Check Expect(string name, string seen, string expected, string promise) => seen == expected
        ? new Check(name, CheckState.Ok, promise)
        : new Check(name, CheckState.Failed, $"expected '{expected}', a second process saw '{seen}'");

    /// <summary>A new file's time is the server's: another clock there makes what is young look old to a collection.</summary>
    private Check DescribeClock(string newFile, DateTimeOffset before, DateTimeOffset after)
    {
        var stamp = DateTimeOffset.UnixEpoch.AddTicks((machine.Files.Status(newFile)?.ModifiedNanoseconds ?? 0) / 100);
        var skew = stamp < before ? stamp - before : stamp > after ? stamp - after : TimeSpan.Zero;
        return skew.Duration() <= skewLimit
            ? new Check(Clock, CheckState.Ok, "the file system's clock is this machine's")
            : new Check(
                Clock, CheckState.Warning,
                $"the file system's clock is {Math.Abs(skew.TotalSeconds):0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's: set both by a time server");
    }

    private void DeleteProbe(string folder)
    {
        try
        {
            machine.Files.DeleteTree(folder);
        }
        catch (FileSystemException)
        {
            // What stays is small and in nobody's way.
        }
        TryDeleteMeeting();
    }

    private void TryDeleteMeeting()
    {
        try
        {
            machine.Files.DeleteEmptyDirectory(layout.Meeting);
        }
        catch (FileSystemException)
        {
            // Another doctor is there.
        }
    }

    private static Check Guard(string name, Func<Check> look)
    {
        try
        {
            return look();
        }
        catch (StoreException failed)
        {
            return new Check(name, CheckState.Failed, failed.Message.Split('\n')[0]);
        }
    }
}
