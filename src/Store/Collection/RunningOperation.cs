using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>The command that this process runs.</summary>
/// <param name="Line">As it was called.</param>
/// <param name="Id">Of no other run of it.</param>
public sealed record RunningCommand(string Line, string Id);

/// <summary>What a command does to the store in one go: alive while its lock file is locked, whatever its row says.</summary>
public sealed class RunningOperation : IDisposable
{
    private readonly Machine machine;
    private readonly StoreLayout layout;
    private readonly Operation row;
    private readonly LockFile aliveLock;

    private RunningOperation(Machine machine, StoreLayout layout, Operation row, LockFile aliveLock)
    {
        this.machine = machine;
        this.layout = layout;
        this.row = row;
        this.aliveLock = aliveLock;
    }

    public string Id => row.OperationId;

    /// <summary>Where this operation, and nobody else, prepares files.</summary>
    public string StagingPath => layout.StagingOf(Id);

    /// <summary>Takes the lock; the row follows in the operation's first transaction.</summary>
    /// <remarks>Crash: a lockable file without a row, which recovery removes.</remarks>
    public static RunningOperation Begin(
        Machine machine, StoreLayout layout, string kind, RunningCommand command, string programVersion)
    {
        var row = Describe(machine, kind, command, programVersion, Now(machine));
        var aliveLock = LockFile.Create(machine, layout.Operation(row.OperationId));
        machine.ReachCrashPoint(CrashPoint.OperationLocked);
        return new RunningOperation(machine, layout, row, aliveLock);
    }

    /// <summary>Records an operation that begins and ends within one transaction; returns its id.</summary>
    public static string RecordInstant(JournalSession session, Machine machine, string kind, RunningCommand command) =>
        RecordInstant(session, machine, kind, command, Now(machine), bytes: null);

    /// <summary>Records an operation that has happened, with what it freed.</summary>
    public static string RecordInstant(
        JournalSession session, Machine machine, string kind, RunningCommand command, long startedAt, long? bytes)
    {
        var row = Describe(machine, kind, command, ToolchainStore.ProgramVersion.Text, startedAt);
        session.Operations.Insert(row);
        session.Operations.Finish(row.OperationId, Operation.Succeeded, Now(machine), bytes);
        return row.OperationId;
    }

    private static long Now(Machine machine) => machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static Operation Describe(
        Machine machine, string kind, RunningCommand command, string programVersion, long startedAt) => new()
    {
        OperationId = machine.NewId(),
        Kind = kind,
        CommandLine = command.Line,
        CommandId = command.Id,
        Host = machine.Processes.HostName,
        ProcessId = machine.Processes.CurrentId,
        ProgramVersion = programVersion,
        StartedAt = startedAt,
    };

    /// <summary>Whether the process of an operation is there: it holds the lock.</summary>
    public static bool IsAlive(Machine machine, StoreLayout layout, string operationId)
    {
        var attempt = LockFile.TryTake(machine, layout.Operation(operationId), LockKind.Exclusive);
        (attempt as LockAttempt.Taken)?.Lock.Dispose();
        return attempt is LockAttempt.Held;
    }

    public void Register(JournalSession session) => session.Operations.Insert(row);

    /// <summary>Ends the operation in the transaction that has its effect, or in one of its own when it failed.</summary>
    public void Finish(JournalSession session, string outcome, long? bytes = null) =>
        session.Operations.Finish(Id, outcome, machine.Clock.GetUtcNow().ToUnixTimeMilliseconds(), bytes);

    /// <summary>Ends an operation that had no effect; where even that cannot be recorded, the next writer finds its lock free and does it.</summary>
    public void FinishAsFailed(JournalDatabase journal, Reporter reporter)
    {
        try
        {
            journal.Write(session => Finish(session, Operation.Failed));
        }
        catch (StoreException unwritable)
        {
            // What made the operation fail is the error to show.
            reporter.Debug($"the end of this operation could not be recorded: {unwritable.Message}");
        }
    }

    /// <summary>Deletes what is still staged and ends the life of the operation.</summary>
    /// <remarks>Crash: staging of an operation that does not run any more, which recovery throws away.</remarks>
    public void Dispose()
    {
        try
        {
            machine.Files.DeleteTree(StagingPath);
            aliveLock.Remove();
        }
        catch (FileSystemException)
        {
            // What made the operation fail is the error to show; recovery throws away what is left.
        }
        finally
        {
            aliveLock.Dispose();
        }
    }
}
