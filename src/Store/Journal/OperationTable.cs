using Dapper;

namespace ToolchainStore.Journal;

/// <summary>One change of the store by a command: who runs it and how it ended.</summary>
public sealed record Operation
{
    public string OperationId { get; init; } = "";
    public string Kind { get; init; } = "";
    public string CommandLine { get; init; } = "";

    /// <summary>The same for all operations of one command; null of those from before there were such ids.</summary>
    public string? CommandId { get; init; }

    public string Host { get; init; } = "";
    public long ProcessId { get; init; }
    public string ProgramVersion { get; init; } = "";
    public long StartedAt { get; init; }
    public long? FinishedAt { get; init; }
    public string Outcome { get; init; } = Running;

    /// <summary>What it downloaded or, a collection, freed; null where nobody counted.</summary>
    public long? Bytes { get; init; }

    /// <summary>The names that it moved, where somebody looked.</summary>
    public IReadOnlyList<string> MovedNames
    {
        // A row that was read has none.
        get => field ?? [];
        init;
    }

    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Aborted = "aborted";

    public string Describe() => $"`{CommandLine}` (process {ProcessId} on {Host})";
}

/// <summary>Which commands change the store or have changed it.</summary>
public sealed class OperationTable(JournalSession session)
{
    private const string Columns = """
        operation_id AS OperationId, kind AS Kind, command_line AS CommandLine, command_id AS CommandId, host AS Host,
        process_id AS ProcessId, program_version AS ProgramVersion, started_at AS StartedAt,
        finished_at AS FinishedAt, outcome AS Outcome, bytes AS Bytes
        """;

    public void Insert(Operation operation) => session.WritableConnection.Execute(
        """
        INSERT INTO operation (operation_id, kind, command_line, command_id, host, process_id, program_version, started_at)
        VALUES (@OperationId, @Kind, @CommandLine, @CommandId, @Host, @ProcessId, @ProgramVersion, @StartedAt)
        """,
        operation);

    public bool IsRunning(string operationId) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM operation WHERE operation_id = @operationId AND outcome = 'running')",
        new { operationId });

    public IReadOnlyList<Operation> ListRunning() => session.Connection.Query<Operation>(
        $"SELECT {Columns} FROM operation WHERE outcome = 'running' ORDER BY started_at").ToList();

    public Operation? Find(string operationId) => session.Connection.QueryFirstOrDefault<Operation>(
        $"SELECT {Columns} FROM operation WHERE operation_id = @operationId", new { operationId });

    /// <summary>What one command did, in the order in which it moved names.</summary>
    public IReadOnlyList<Operation> ListOfCommand(string commandId) => session.Connection.Query<Operation>(
        $"""
        SELECT {Columns} FROM operation o WHERE command_id = @commandId
        ORDER BY (SELECT min(move_id) FROM move m WHERE m.operation_id = o.operation_id), started_at
        """,
        new { commandId }).ToList();

    /// <summary>Operations whose id begins so.</summary>
    public IReadOnlyList<Operation> ListBeginningWith(string prefix) => session.Connection.Query<Operation>(
        $"SELECT {Columns} FROM operation WHERE operation_id >= @prefix AND operation_id < @prefix || 'g'", new { prefix }).ToList();

    /// <summary>The newest operations, newest first.</summary>
    public IReadOnlyList<Operation> ListNewest(long count) => session.Connection.Query<Operation>(
        $"SELECT {Columns} FROM operation ORDER BY started_at DESC LIMIT @count", new { count }).ToList();

    /// <summary>Forgets what ended before, and how it moved names.</summary>
    public void DeleteBefore(long horizon) => session.WritableConnection.Execute(
        "DELETE FROM operation WHERE started_at < @horizon AND outcome <> 'running'", new { horizon });

    /// <summary>The version of the program that changed the store last; null if nobody knows.</summary>
    public string? FindNewestVersion() => session.Connection.QueryFirstOrDefault<string>(
        "SELECT program_version FROM operation ORDER BY started_at DESC LIMIT 1");

    /// <summary>Operations of a kind that need a component or tree.</summary>
    public IReadOnlyList<Operation> ListRunningWith(string kind, string objectId) => session.Connection.Query<Operation>(
        $"""
        SELECT {Columns} FROM operation WHERE outcome = 'running' AND kind = @kind
            AND operation_id IN (SELECT operation_id FROM pin WHERE object_id = @objectId)
        ORDER BY started_at
        """,
        new { kind, objectId }).ToList();

    /// <summary>Ends an operation; its pins and download rows end with it.</summary>
    public void Finish(string operationId, string outcome, long finishedAt, long? bytes = null)
    {
        session.WritableConnection.Execute(
            """
            UPDATE operation SET outcome = @outcome, finished_at = @finishedAt, bytes = @bytes
            WHERE operation_id = @operationId AND outcome = 'running'
            """,
            new { operationId, outcome, finishedAt, bytes });
        session.Pins.DeleteOf(operationId);
        session.Downloads.DeleteOf(operationId);
    }
}
