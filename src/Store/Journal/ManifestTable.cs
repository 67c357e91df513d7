using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A channel manifest; the body is compressed text.</summary>
public sealed class ManifestRow
{
    public string Digest { get; init; } = "";
    public string Date { get; init; } = "";
    public string? RustVersion { get; init; }
    public byte[] Body { get; init; } = [];

    /// <summary>What was read from the text, in a form of its own; null where nobody kept that.</summary>
    public byte[]? Parsed { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>Of an adopted one: how the digest begins that the server announced. Null if the digest is the server's.</summary>
    public string? AnnouncedPrefix { get; init; }
}

/// <summary>A manifest, and a name that was made from it.</summary>
public sealed class UsedManifestRow
{
    public string ToolchainName { get; init; } = "";
    public string Digest { get; init; } = "";
    public string Date { get; init; } = "";
    public string? RustVersion { get; init; }
}

/// <summary>One component that a release offers to a host. Target "*" is every host.</summary>
public sealed class OfferedComponentRow
{
    public string Package { get; init; } = "";
    public string Target { get; init; } = "";
    public string ShortName { get; init; } = "";
    public bool Available { get; init; }
}

/// <summary>Channel manifests and, apart, what lists and checks need of them.</summary>
public sealed class ManifestTable(JournalSession session)
{
    public bool Contains(string digest) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM manifest WHERE digest = @digest)", new { digest });

    public ManifestRow? Find(string digest) => session.Connection.QueryFirstOrDefault<ManifestRow>(
        """
        SELECT m.digest AS Digest, m.date AS Date, m.rust_version AS RustVersion, m.body AS Body, p.content AS Parsed,
            m.created_at AS CreatedAt, m.announced_prefix AS AnnouncedPrefix
        FROM manifest m LEFT JOIN manifest_parsed p ON p.manifest_digest = m.digest WHERE m.digest = @digest
        """,
        new { digest });

    public string? FindDate(string digest) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT date FROM manifest WHERE digest = @digest", new { digest });

    public string? FindAnnouncedPrefix(string digest) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT announced_prefix FROM manifest WHERE digest = @digest", new { digest });

    public string? FindRustVersion(string digest) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT rust_version FROM manifest WHERE digest = @digest", new { digest });

    /// <summary>Whether it is known what a release offers to a host.</summary>
    public bool IsOffering(string digest, string host) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM manifest_component WHERE manifest_digest = @digest AND host = @host)", new { digest, host });

    /// <summary>The releases that toolchains are or were made from, the newest first.</summary>
    public IReadOnlyList<UsedManifestRow> ListUsed() => session.Connection.Query<UsedManifestRow>(
        """
        SELECT g.toolchain_name AS ToolchainName, m.digest AS Digest, m.date AS Date, m.rust_version AS RustVersion
        FROM generation g JOIN manifest m ON m.digest = g.manifest_digest
        ORDER BY m.date DESC, g.generation_id DESC
        """).ToList();

    /// <remarks>Not by Dapper, which takes a byte array for a list of parameters.</remarks>
    public void Insert(ManifestRow manifest)
    {
        using var command = session.WritableConnection.CreateCommand();
        command.CommandText = $"""
            INSERT INTO manifest (digest, date, rust_version, body, created_at, announced_prefix, checksum)
            VALUES (@digest, @date, @rust_version, @body, @created_at, @announced_prefix, {Checksum("manifest")})
            ON CONFLICT (digest) DO NOTHING
            """;
        command.Parameters.AddWithValue("@digest", manifest.Digest);
        command.Parameters.AddWithValue("@date", manifest.Date);
        command.Parameters.AddWithValue("@rust_version", (object?)manifest.RustVersion ?? DBNull.Value);
        command.Parameters.AddWithValue("@body", manifest.Body);
        command.Parameters.AddWithValue("@created_at", manifest.CreatedAt);
        command.Parameters.AddWithValue("@announced_prefix", (object?)manifest.AnnouncedPrefix ?? DBNull.Value);
        command.ExecuteNonQuery();
        if (manifest.Parsed is { } parsed)
        {
            InsertParsed(manifest.Digest, parsed);
        }
    }

    private void InsertParsed(string digest, byte[] content)
    {
        using var command = session.WritableConnection.CreateCommand();
        command.CommandText = $"""
            INSERT INTO manifest_parsed (manifest_digest, content, checksum)
            VALUES (@manifest_digest, @content, {Checksum("manifest_parsed")})
            ON CONFLICT (manifest_digest) DO UPDATE SET content = excluded.content
            """;
        command.Parameters.AddWithValue("@manifest_digest", digest);
        command.Parameters.AddWithValue("@content", content);
        command.ExecuteNonQuery();
    }

    // Given, because the trigger that does it for other tables would write the row a second time.
    private static string Checksum(string table) => RowChecksums.Expression(table, column => "@" + column);

    public void InsertOffered(string digest, string host, IReadOnlyList<OfferedComponentRow> offered)
    {
        foreach (var component in offered)
        {
            session.WritableConnection.Execute(
                """
                INSERT INTO manifest_component (manifest_digest, host, package, target, short_name, available)
                VALUES (@digest, @host, @Package, @Target, @ShortName, @Available) ON CONFLICT DO NOTHING
                """,
                new { digest, host, component.Package, component.Target, component.ShortName, component.Available });
        }
    }

    /// <summary>Forgets manifests that no generation was made from.</summary>
    public void DeleteUnreferenced() => session.WritableConnection.Execute(
        """
        DELETE FROM manifest
        WHERE NOT EXISTS (SELECT 1 FROM generation g WHERE g.manifest_digest = manifest.digest)
        """);
}
