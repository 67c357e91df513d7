using Dapper;

namespace ToolchainStore.Journal;

/// <summary>What an operation made of a name: a generation, a link, or nothing; and what it was before.</summary>
public sealed record MoveRow
{
    public string OperationId { get; init; } = "";
    public string ToolchainName { get; init; } = "";
    public long MovedAt { get; init; }
    public long? OldGeneration { get; init; }
    public string? OldTreeId { get; init; }
    public string? OldManifestDigest { get; init; }
    public string? OldProfile { get; init; }
    public string? OldLinkedPath { get; init; }
    public long? NewGeneration { get; init; }
    public string? NewLinkedPath { get; init; }

    /// <summary>Of the new generation's release, as its manifest says.</summary>
    public string? RustVersion { get; init; }

    /// <inheritdoc cref="RustVersion"/>
    public string? ReleaseDate { get; init; }
}

/// <summary>How names have moved, as long as the operations are remembered. It keeps nothing alive.</summary>
public sealed class MoveTable(JournalSession session)
{
    private const string Columns = """
        operation_id AS OperationId, toolchain_name AS ToolchainName, moved_at AS MovedAt,
        old_generation AS OldGeneration, old_tree_id AS OldTreeId, old_manifest_digest AS OldManifestDigest,
        old_profile AS OldProfile, old_linked_path AS OldLinkedPath, new_generation AS NewGeneration,
        new_linked_path AS NewLinkedPath, rust_version AS RustVersion, release_date AS ReleaseDate
        """;

    public void Insert(MoveRow move) => session.WritableConnection.Execute(
        """
        INSERT INTO move (
            operation_id, toolchain_name, moved_at, old_generation, old_tree_id, old_manifest_digest, old_profile,
            old_linked_path, new_generation, new_linked_path, rust_version, release_date)
        VALUES (
            @OperationId, @ToolchainName, @MovedAt, @OldGeneration, @OldTreeId, @OldManifestDigest, @OldProfile,
            @OldLinkedPath, @NewGeneration, @NewLinkedPath, @RustVersion, @ReleaseDate)
        """,
        move);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MoveRow> ListOf(string toolchainName) => session.Connection.Query<MoveRow>(
        $"SELECT {Columns} FROM move WHERE toolchain_name = @toolchainName ORDER BY move_id", new { toolchainName }).ToList();

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MoveRow> ListOfOperation(string operationId) => session.Connection.Query<MoveRow>(
        $"SELECT {Columns} FROM move WHERE operation_id = @operationId ORDER BY move_id", new { operationId }).ToList();

    /// <summary>The number of the last move; 0 if none is remembered.</summary>
    public long FindLastNumber() => session.Connection.QuerySingle<long>("SELECT coalesce(max(move_id), 0) FROM move");

    /// <summary>Trees that a name led to before it moved, does not lead to now, and that are still there.</summary>
    /// <param name="toolchainName">The name.</param>
    /// <param name="after">The number of a move: only later ones count.</param>
    public IReadOnlyList<string> ListLeftTrees(string toolchainName, long after) => session.Connection.Query<string>(
        """
        SELECT DISTINCT m.old_tree_id FROM move m JOIN tree t ON t.tree_id = m.old_tree_id
        WHERE m.toolchain_name = @toolchainName AND m.move_id > @after
            AND NOT EXISTS (
                SELECT 1 FROM toolchain c JOIN generation g ON g.generation_id = c.current_generation
                WHERE c.name = m.toolchain_name AND g.tree_id = m.old_tree_id)
        """,
        new { toolchainName, after }).ToList();

    /// <summary>The operation that moved a name last; null if none is remembered.</summary>
    public string? FindLastOperation() => session.Connection.QueryFirstOrDefault<string>(
        "SELECT operation_id FROM move WHERE move_id = (SELECT max(move_id) FROM move)");
}
