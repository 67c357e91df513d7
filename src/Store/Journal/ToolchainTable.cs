using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A toolchain name with what it points to now: a generation's tree, or a linked path.</summary>
public sealed class ToolchainRow
{
    public string Name { get; init; } = "";
    public string? LinkedPath { get; init; }
    public long? GenerationId { get; init; }
    public string? TreeId { get; init; }
    public string? ManifestDigest { get; init; }
    public string? Profile { get; init; }
}

/// <summary>
/// The names that tools can be run from. Whatever moves a name marks its link as stale and records the move in the same
/// transaction.
/// </summary>
public sealed class ToolchainTable(JournalSession session)
{
    private const string Selection = """
        SELECT t.name AS Name, t.linked_path AS LinkedPath, t.current_generation AS GenerationId,
            g.tree_id AS TreeId, g.manifest_digest AS ManifestDigest, t.profile AS Profile
        FROM toolchain t LEFT JOIN generation g ON g.generation_id = t.current_generation
        """;

    public ToolchainRow? Find(string name) => session.Connection.QueryFirstOrDefault<ToolchainRow>(
        $"{Selection} WHERE t.name = @name", new { name });

    public IReadOnlyList<ToolchainRow> List() =>
        session.Connection.Query<ToolchainRow>($"{Selection} ORDER BY t.name").ToList();

    /// <summary>Whether any name leads to a tree.</summary>
    public bool LeadsTo(string treeId) => session.Connection.QuerySingle<bool>(
        """
        SELECT EXISTS (
            SELECT 1 FROM generation g JOIN toolchain t ON t.current_generation = g.generation_id WHERE g.tree_id = @treeId)
        """,
        new { treeId });

    /// <summary>Points a name at a generation, making the name if need be.</summary>
    public void MoveTo(string operationId, string name, long generationId, string? profile, long movedAt)
    {
        var before = Find(name);
        session.WritableConnection.Execute(
            """
            INSERT INTO toolchain (name, linked_path, current_generation, profile, created_at)
            VALUES (@name, NULL, @generationId, @profile, @movedAt)
            ON CONFLICT (name) DO UPDATE SET
                linked_path = NULL, current_generation = excluded.current_generation,
                profile = coalesce(toolchain.profile, excluded.profile)
            """,
            new { name, generationId, profile, movedAt });
        Record(operationId, name, before, movedAt);
        session.StaleViews.Insert(name); // Guard: mark-moved
    }

    public void Link(string operationId, string name, string path, long movedAt)
    {
        var before = Find(name);
        session.WritableConnection.Execute(
            """
            INSERT INTO toolchain (name, linked_path, created_at) VALUES (@name, @path, @movedAt)
            ON CONFLICT (name) DO UPDATE SET linked_path = excluded.linked_path, current_generation = NULL
            """,
            new { name, path, movedAt });
        Record(operationId, name, before, movedAt);
        session.StaleViews.Insert(name); // Guard: mark-linked
    }

    /// <summary>Removes a name and its generations; true if it was there.</summary>
    public bool Delete(string operationId, string name, long movedAt)
    {
        session.StaleViews.Insert(name); // Guard: mark-removed
        if (Find(name) is not { } before)
        {
            return false;
        }
        session.WritableConnection.Execute("DELETE FROM toolchain WHERE name = @name", new { name });
        Record(operationId, name, before, movedAt);
        return true;
    }

    private void Record(string operationId, string name, ToolchainRow? before, long movedAt)
    {
        var now = Find(name);
        session.Moves.Insert(new MoveRow
        {
            OperationId = operationId,
            ToolchainName = name,
            MovedAt = movedAt,
            OldGeneration = before?.GenerationId,
            OldTreeId = before?.TreeId,
            OldManifestDigest = before?.ManifestDigest,
            OldProfile = before?.Profile,
            OldLinkedPath = before?.LinkedPath,
            NewGeneration = now?.GenerationId,
            NewLinkedPath = now?.LinkedPath,
            RustVersion = now?.ManifestDigest is { } manifest ? session.Manifests.FindRustVersion(manifest) : null,
            ReleaseDate = now?.ManifestDigest is { } digest ? session.Manifests.FindDate(digest) : null,
        });
    }
}
