using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A component that is downloaded and not unpacked yet.</summary>
public sealed class DeferredRow
{
    public string ComponentId { get; init; } = "";
    public string Package { get; init; } = "";
    public string? Target { get; init; }
    public string Version { get; init; } = "";
    public string ArchiveDigest { get; init; } = "";
    public string ArchiveFormat { get; init; } = "";
    public string ArchiveUrl { get; init; } = "";
    public long ArchiveBytes { get; init; }

    /// <summary>Whether its archive was found to hold something else than trees were composed for.</summary>
    public bool IsIrregular { get; init; }

    public long CreatedAt { get; init; }
}

/// <summary>
/// Which components wait to be unpacked, and for which trees. None of them is valid in `component` at the same time, and an
/// edge of a tree is here or there, never in both.
/// </summary>
public sealed class DeferredTable(JournalSession session)
{
    private const string Columns = """
        component_id AS ComponentId, package AS Package, target AS Target, version AS Version,
        archive_digest AS ArchiveDigest, archive_format AS ArchiveFormat, archive_url AS ArchiveUrl,
        archive_bytes AS ArchiveBytes, is_irregular AS IsIrregular, created_at AS CreatedAt
        """;

    public DeferredRow? Find(string componentId) => session.Connection.QueryFirstOrDefault<DeferredRow>(
        $"SELECT {Columns} FROM deferred WHERE component_id = @componentId", new { componentId });

    /// <summary>The one that an archive of this digest unpacks to.</summary>
    public DeferredRow? FindByArchive(string digest) => session.Connection.QueryFirstOrDefault<DeferredRow>(
        $"""
        SELECT {Columns} FROM deferred
        WHERE component_id = (SELECT component_id FROM deferred_archive WHERE digest = @digest)
        """,
        new { digest });

    public IReadOnlyList<DeferredRow> List() => session.Connection.Query<DeferredRow>(
        $"SELECT {Columns} FROM deferred ORDER BY component_id").ToList();

    /// <summary>Those that are still to be unpacked; an irregular one as long as a name leads to a tree that waits for it.</summary>
    public IReadOnlyList<DeferredRow> ListWaiting() => session.Connection.Query<DeferredRow>(
        $"""
        SELECT {Columns} FROM deferred
        WHERE is_irregular = 0 OR EXISTS (
            SELECT 1 FROM tree_deferred e JOIN generation g ON g.tree_id = e.tree_id
            JOIN toolchain t ON t.current_generation = g.generation_id WHERE e.component_id = deferred.component_id)
        ORDER BY component_id
        """).ToList();

    public IReadOnlyList<DeferredRow> ListOfTree(string treeId) => session.Connection.Query<DeferredRow>(
        $"""
        SELECT {Columns} FROM deferred
        WHERE component_id IN (SELECT component_id FROM tree_deferred WHERE tree_id = @treeId) ORDER BY component_id
        """,
        new { treeId }).ToList();

    /// <summary>Those that no tree and no pin needs.</summary>
    public IReadOnlyList<DeferredRow> ListUnreferenced() => session.Connection.Query<DeferredRow>(
        $"""
        SELECT {Columns} FROM deferred
        WHERE NOT EXISTS (SELECT 1 FROM tree_deferred e WHERE e.component_id = deferred.component_id)
            AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.object_id = deferred.component_id)
        ORDER BY component_id
        """).ToList();

    /// <summary>Whether nothing but these trees needs it; for showing what a collection would free.</summary>
    public bool IsDeadWithout(string componentId, IReadOnlySet<string> trees) =>
        !session.Pins.Contains(componentId)
        && session.Connection.Query<string>(
            "SELECT tree_id FROM tree_deferred WHERE component_id = @componentId", new { componentId }).All(trees.Contains);

    /// <summary>Whether a file in downloads/ is all that there is of a component.</summary>
    public bool NeedsArchive(string digest) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM deferred WHERE archive_digest = @digest AND is_irregular = 0)", new { digest });

    public void Insert(DeferredRow component, IReadOnlyList<string> archiveDigests)
    {
        session.WritableConnection.Execute(
            """
            INSERT INTO deferred
                (component_id, package, target, version, archive_digest, archive_format, archive_url, archive_bytes, created_at)
            VALUES (@ComponentId, @Package, @Target, @Version, @ArchiveDigest, @ArchiveFormat, @ArchiveUrl, @ArchiveBytes, @CreatedAt)
            ON CONFLICT (component_id) DO NOTHING
            """,
            component);
        InsertAliases(component.ComponentId, archiveDigests);
    }

    public void InsertAliases(string componentId, IReadOnlyList<string> archiveDigests)
    {
        foreach (var digest in archiveDigests)
        {
            session.WritableConnection.Execute(
                "INSERT INTO deferred_archive (digest, component_id) VALUES (@digest, @componentId) ON CONFLICT (digest) DO NOTHING",
                new { digest, componentId });
        }
    }

    /// <summary>From now on the archive means a component of another id. What trees hold of this one leads nowhere.</summary>
    public void MarkIrregular(string componentId) => session.WritableConnection.Execute(
        "UPDATE deferred SET is_irregular = 1 WHERE component_id = @componentId", new { componentId });

    /// <summary>What was known of a component that waited, in the transaction that makes it valid, becomes what is known of it.</summary>
    public void MoveToComponent(string componentId)
    {
        session.WritableConnection.Execute(
            """
            INSERT INTO archive (digest, component_id)
            SELECT digest, component_id FROM deferred_archive WHERE component_id = @componentId
            ON CONFLICT (digest) DO NOTHING
            """,
            new { componentId });
        session.WritableConnection.Execute(
            """
            INSERT INTO tree_component (tree_id, component_id, position)
            SELECT tree_id, component_id, position FROM tree_deferred WHERE component_id = @componentId
            """,
            new { componentId });
        session.WritableConnection.Execute(
            "DELETE FROM tree_deferred WHERE component_id = @componentId", new { componentId });
        Delete(componentId);
    }

    public void Delete(string componentId) => session.WritableConnection.Execute(
        "DELETE FROM deferred WHERE component_id = @componentId", new { componentId });
}
