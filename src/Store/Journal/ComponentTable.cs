using Dapper;

namespace ToolchainStore.Journal;

/// <summary>An unpacked archive as the journal knows it.</summary>
public sealed class ComponentRow
{
    public string ComponentId { get; init; } = "";
    public string Package { get; init; } = "";
    public string? Target { get; init; }
    public string Version { get; init; } = "";
    public long Bytes { get; init; }
    public long Files { get; init; }
    public string ListingChecksum { get; init; } = "";
    public string State { get; init; } = Valid;
    public long CreatedAt { get; init; }
    public bool IsAdopted { get; init; }

    /// <summary>Of its manifest.in, as of its listing. Given when it is made valid; read by <see cref="ComponentTable.FindManifestChecksum"/>.</summary>
    public string? ManifestChecksum { get; init; }

    public const string Valid = "valid";
    public const string Doomed = "doomed";
}

/// <summary>Which unpacked archives are valid.</summary>
public sealed class ComponentTable(JournalSession session)
{
    private const string Columns = """
        component_id AS ComponentId, package AS Package, target AS Target, version AS Version, bytes AS Bytes,
        files AS Files, listing_checksum AS ListingChecksum, state AS State, created_at AS CreatedAt,
        is_adopted AS IsAdopted
        """;

    public ComponentRow? Find(string componentId) => session.Connection.QueryFirstOrDefault<ComponentRow>(
        $"SELECT {Columns} FROM component WHERE component_id = @componentId", new { componentId });

    /// <summary>The valid component that an archive of this digest unpacks to.</summary>
    public ComponentRow? FindByArchive(string digest) => session.Connection.QueryFirstOrDefault<ComponentRow>(
        $"""
        SELECT {Columns} FROM component
        WHERE state = 'valid' AND component_id = (SELECT component_id FROM archive WHERE digest = @digest)
        """,
        new { digest });

    public IReadOnlyList<ComponentRow> List() => session.Connection.Query<ComponentRow>(
        $"SELECT {Columns} FROM component ORDER BY component_id").ToList();

    public IReadOnlyList<string> ListIds() =>
        session.Connection.Query<string>("SELECT component_id FROM component").ToList();

    /// <summary>Whether any valid component's id is the digest of its listing.</summary>
    public bool HasAdopted() => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM component WHERE is_adopted = 1 AND state = 'valid')");

    /// <summary>Whether the same package of the same version was adopted, so that unpacking its archive may show that it is there.</summary>
    public bool HasAdopted(string package, string? target, string version) => session.Connection.QuerySingle<bool>(
        """
        SELECT EXISTS (SELECT 1 FROM component WHERE is_adopted = 1 AND state = 'valid'
            AND package = @package AND target IS @target AND version = @version)
        """,
        new { package, target, version });

    /// <summary>The components of a tree, in the order they were asked for.</summary>
    public IReadOnlyList<ComponentRow> ListOfTree(string treeId) => session.Connection.Query<ComponentRow>(
        $"""
        SELECT {Columns} FROM component
        JOIN (SELECT component_id AS of_tree, position FROM tree_component WHERE tree_id = @treeId)
            ON component_id = of_tree
        ORDER BY position
        """,
        new { treeId }).ToList();

    /// <summary>Components that no tree, valid or doomed, and no pin needs.</summary>
    public IReadOnlyList<ComponentRow> ListUnreferenced() => session.Connection.Query<ComponentRow>(
        $"""
        SELECT {Columns} FROM component
        WHERE NOT EXISTS (SELECT 1 FROM tree_component e WHERE e.component_id = component.component_id)
            AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.object_id = component.component_id)
        ORDER BY component_id
        """).ToList();

    public bool IsReferenced(string componentId) => session.Connection.QuerySingle<bool>(
        """
        SELECT EXISTS (SELECT 1 FROM tree_component WHERE component_id = @componentId)
            OR EXISTS (SELECT 1 FROM pin WHERE object_id = @componentId)
        """,
        new { componentId });

    /// <summary>Whether nothing but these trees needs it; for showing what a collection would free.</summary>
    public bool IsDeadWithout(string componentId, IReadOnlySet<string> trees) =>
        !session.Pins.Contains(componentId) && session.Trees.ListIdsWith(componentId).All(trees.Contains);

    public void Insert(ComponentRow component) => session.WritableConnection.Execute(
        """
        INSERT INTO component
            (component_id, package, target, version, bytes, files, listing_checksum, state, created_at, is_adopted,
            manifest_checksum)
        VALUES (@ComponentId, @Package, @Target, @Version, @Bytes, @Files, @ListingChecksum, 'valid', @CreatedAt, @IsAdopted,
            @ManifestChecksum)
        ON CONFLICT (component_id) DO UPDATE SET
            bytes = excluded.bytes, files = excluded.files, listing_checksum = excluded.listing_checksum,
            state = 'valid', created_at = excluded.created_at, manifest_checksum = excluded.manifest_checksum
        """,
        component);

    /// <summary>The checksum of its manifest.in; null if it was recorded by a version that kept none.</summary>
    public string? FindManifestChecksum(string componentId) => session.SchemaVersion < Migrations.IntegrityVersion ? null : session.Connection.QueryFirstOrDefault<string>(
        "SELECT manifest_checksum FROM component WHERE component_id = @componentId", new { componentId });

    public void SetState(string componentId, string state) => session.WritableConnection.Execute(
        "UPDATE component SET state = @state WHERE component_id = @componentId", new { componentId, state });

    public void Delete(string componentId)
    {
        session.WritableConnection.Execute(
            "DELETE FROM component WHERE component_id = @componentId", new { componentId });
        session.Damage.Delete(componentId);
    }
}
