using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A composed sysroot as the journal knows it.</summary>
public sealed class TreeRow
{
    public string TreeId { get; init; } = "";
    public long Bytes { get; init; }
    public string State { get; init; } = ComponentRow.Valid;
    public long CreatedAt { get; init; }

    /// <summary>Of the files that it shares with no component. Given when it is made valid; read by <see cref="TreeTable.FindOwnChecksum"/>.</summary>
    public string? OwnChecksum { get; init; }
}

/// <summary>A component in its place in a tree.</summary>
public sealed class TreePartRow
{
    public string Package { get; init; } = "";
    public string? Target { get; init; }
    public long Position { get; init; }

    /// <summary>Whether it waits to be unpacked.</summary>
    public bool IsDeferred { get; init; }
}

/// <summary>Which trees are valid and what they are composed of.</summary>
public sealed class TreeTable(JournalSession session)
{
    private const string Columns = "tree_id AS TreeId, bytes AS Bytes, state AS State, created_at AS CreatedAt";

    private const string IsNeeded = """
        (EXISTS (SELECT 1 FROM generation g WHERE g.tree_id = tree.tree_id)
            OR EXISTS (SELECT 1 FROM pin p WHERE p.object_id = tree.tree_id))
        """;

    public TreeRow? Find(string treeId) => session.Connection.QueryFirstOrDefault<TreeRow>(
        $"SELECT {Columns} FROM tree WHERE tree_id = @treeId", new { treeId });

    public IReadOnlyList<TreeRow> List() => session.Connection.Query<TreeRow>(
        $"SELECT {Columns} FROM tree ORDER BY tree_id").ToList();

    public IReadOnlyList<string> ListIds() =>
        session.Connection.Query<string>("SELECT tree_id FROM tree").ToList();

    /// <summary>Trees that no generation and no pin needs; doomed ones are among them.</summary>
    public IReadOnlyList<TreeRow> ListUnreferenced() => session.Connection.Query<TreeRow>(
        $"SELECT {Columns} FROM tree WHERE NOT {IsNeeded} ORDER BY tree_id").ToList();

    public bool IsReferenced(string treeId) => session.Connection.QuerySingle<bool>(
        $"SELECT EXISTS (SELECT 1 FROM tree WHERE tree_id = @treeId AND {IsNeeded})", new { treeId });

    /// <summary>What a tree is composed of, in the order that was asked for, unpacked or not.</summary>
    public IReadOnlyList<TreePartRow> ListParts(string treeId) => session.Connection.Query<TreePartRow>(
        """
        SELECT c.package AS Package, c.target AS Target, e.position AS Position, 0 AS IsDeferred
        FROM tree_component e JOIN component c ON c.component_id = e.component_id WHERE e.tree_id = @treeId
        UNION ALL
        SELECT d.package, d.target, e.position, 1
        FROM tree_deferred e JOIN deferred d ON d.component_id = e.component_id WHERE e.tree_id = @treeId
        ORDER BY Position
        """,
        new { treeId }).ToList();

    /// <summary>The trees that are composed of a component, among others.</summary>
    public IReadOnlyList<string> ListIdsWith(string componentId) => session.Connection.Query<string>(
        "SELECT tree_id FROM tree_component WHERE component_id = @componentId", new { componentId }).ToList();

    /// <summary>Makes a tree valid. Components that wait to be unpacked belong to it as well as those that are there.</summary>
    public void Insert(TreeRow tree, IReadOnlyList<string> componentIds)
    {
        session.WritableConnection.Execute(
            """
            INSERT INTO tree (tree_id, bytes, state, created_at, own_checksum)
            VALUES (@TreeId, @Bytes, 'valid', @CreatedAt, @OwnChecksum)
            ON CONFLICT (tree_id) DO UPDATE SET
                bytes = excluded.bytes, state = 'valid', created_at = excluded.created_at,
                own_checksum = excluded.own_checksum
            """,
            tree);
        for (var position = 0; position < componentIds.Count; position++)
        {
            var edge = new { treeId = tree.TreeId, componentId = componentIds[position], position };
            if (session.Deferred.Find(componentIds[position]) is null)
            {
                session.WritableConnection.Execute(
                    """
                    INSERT INTO tree_component (tree_id, component_id, position)
                    VALUES (@treeId, @componentId, @position) ON CONFLICT DO NOTHING
                    """,
                    edge);
            }
            else
            {
                session.WritableConnection.Execute(
                    """
                    INSERT INTO tree_deferred (tree_id, component_id, position)
                    VALUES (@treeId, @componentId, @position) ON CONFLICT DO NOTHING
                    """,
                    edge);
            }
        }
    }

    /// <summary>The checksum of its own files; null if it was recorded by a version that kept none.</summary>
    public string? FindOwnChecksum(string treeId) => session.SchemaVersion < Migrations.IntegrityVersion ? null : session.Connection.QueryFirstOrDefault<string>(
        "SELECT own_checksum FROM tree WHERE tree_id = @treeId", new { treeId });

    public void SetState(string treeId, string state) => session.WritableConnection.Execute(
        "UPDATE tree SET state = @state WHERE tree_id = @treeId", new { treeId, state });

    public void Delete(string treeId)
    {
        session.WritableConnection.Execute("DELETE FROM tree WHERE tree_id = @treeId", new { treeId });
        session.Damage.Delete(treeId);
    }
}
