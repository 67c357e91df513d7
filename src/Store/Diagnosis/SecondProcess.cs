using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Diagnosis;

/// <summary>What another process sees of a folder in which this one holds locks: both sides of the doctor's probes.</summary>
internal sealed record SecondProcess(string Database, string File, string Replaced, string Appeared)
{
    internal const string DatabaseName = "database";
    internal const string LockName = "lock";
    internal const string ReplacedName = "replaced";
    internal const string AppearedName = "appeared";
    internal const string Held = "held";
    internal const string Free = "free";

    /// <summary>Looks, in the process that was started for it.</summary>
    internal static SecondProcess Look(Machine machine, string folder) => new(
        Try(() => ProbeDatabase.IsBeingWritten(Path.Combine(folder, DatabaseName)) ? Held : Free),
        Try(() => DescribeLock(machine, Path.Combine(folder, LockName))),
        Try(() => machine.Files.ReadText(Path.Combine(folder, ReplacedName))),
        Try(() => machine.Files.ReadText(Path.Combine(folder, AppearedName))));

    internal string Format() => string.Join('\n', Database, File, Replaced, Appeared);

    /// <summary>Null if it is not what <see cref="Format"/> writes.</summary>
    internal static SecondProcess? TryParse(string text) => text.TrimEnd('\n').Split('\n') is [var database, var file, var replaced, var appeared]
        ? new SecondProcess(database, file, replaced, appeared)
        : null;

    private static string DescribeLock(Machine machine, string path)
    {
        var attempt = LockFile.TryTake(machine, path, LockKind.Exclusive);
        (attempt as LockAttempt.Taken)?.Lock.Dispose();
        return attempt switch
        {
            LockAttempt.Held => Held,
            LockAttempt.Taken => Free,
            _ => "not there",
        };
    }

    private static string Try(Func<string> look)
    {
        try
        {
            return look();
        }
        catch (StoreException failed)
        {
            return failed.Message.Split('\n')[0];
        }
    }
}
