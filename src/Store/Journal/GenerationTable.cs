using Dapper;

namespace ToolchainStore.Journal;

/// <summary>One state that a name has had.</summary>
public sealed class GenerationRow
{
    public long GenerationId { get; init; }
    public string ToolchainName { get; init; } = "";
    public string TreeId { get; init; } = "";
    public string ManifestDigest { get; init; } = "";
    public string OperationId { get; init; } = "";
    public long CreatedAt { get; init; }
    public long? RetiredAt { get; init; }

    /// <summary>What its user calls it, perhaps nothing; null if nobody wants it kept.</summary>
    public string? KeptAs { get; init; }

    /// <summary>The first generation that had its tree and manifest, if somebody went back to them.</summary>
    public long? RestoredFrom { get; init; }
}

/// <summary>The states that names have had; numbers are never used again.</summary>
public sealed class GenerationTable(JournalSession session)
{
    private const string Columns = """
        generation_id AS GenerationId, toolchain_name AS ToolchainName, tree_id AS TreeId,
        manifest_digest AS ManifestDigest, operation_id AS OperationId, created_at AS CreatedAt,
        retired_at AS RetiredAt, kept_as AS KeptAs, restored_from AS RestoredFrom
        """;

    // Knows generations that are kept.
    public long Insert(GenerationRow generation) => session.WritableConnection.QuerySingle<long>(
        """
        INSERT INTO generation (toolchain_name, tree_id, manifest_digest, operation_id, created_at, restored_from)
        VALUES (@ToolchainName, @TreeId, @ManifestDigest, @OperationId, @CreatedAt, @RestoredFrom) RETURNING generation_id
        """,
        generation);

    /// <summary>The newest number ever given, of generations that are gone too: it tells whether one was made since.</summary>
    public long FindLastNumber() => session.Connection.QuerySingleOrDefault<long>(
        "SELECT seq FROM sqlite_sequence WHERE name = 'generation'");

    public void Retire(long generationId, long retiredAt) => session.WritableConnection.Execute(
        "UPDATE generation SET retired_at = @retiredAt WHERE generation_id = @generationId",
        new { generationId, retiredAt });

    public GenerationRow? Find(long generationId) => session.Connection.QueryFirstOrDefault<GenerationRow>(
        $"SELECT {Columns} FROM generation WHERE generation_id = @generationId", new { generationId });

    /// <param name="generationId">Which one.</param>
    /// <param name="keptAs">What its user calls it, perhaps nothing; null lets it go in time.</param>
    public void Keep(long generationId, string? keptAs)
    {
        session.WritableConnection.Execute(
            "UPDATE generation SET kept_as = @keptAs WHERE generation_id = @generationId", new { generationId, keptAs });
        MarkStale(generationId);
    }

    /// <summary>Gives a generation another tree of the same components.</summary>
    public void ReplaceTree(long generationId, string treeId)
    {
        session.WritableConnection.Execute(
            "UPDATE generation SET tree_id = @treeId WHERE generation_id = @generationId", new { generationId, treeId });
        MarkStale(generationId);
    }

    /// <summary>The record of its name is to be written again.</summary>
    private void MarkStale(long generationId)
    {
        if (Find(generationId) is { } changed)
        {
            session.StaleViews.Insert(changed.ToolchainName);
        }
    }

    /// <summary>The generations that are of a tree.</summary>
    public IReadOnlyList<GenerationRow> ListOfTree(string treeId) => session.Connection.Query<GenerationRow>(
        $"SELECT {Columns} FROM generation WHERE tree_id = @treeId ORDER BY generation_id", new { treeId }).ToList();

    public IReadOnlyList<GenerationRow> ListOf(string toolchainName) => session.Connection.Query<GenerationRow>(
        $"SELECT {Columns} FROM generation WHERE toolchain_name = @toolchainName ORDER BY generation_id",
        new { toolchainName }).ToList();

    public IReadOnlyList<GenerationRow> ListRetired() => session.Connection.Query<GenerationRow>(
        $"SELECT {Columns} FROM generation WHERE retired_at IS NOT NULL ORDER BY generation_id DESC").ToList();

    /// <summary>Somebody may have asked to keep it since it was found to be old.</summary>
    public void DeleteUnlessKept(long generationId) => session.WritableConnection.Execute(
        "DELETE FROM generation WHERE generation_id = @generationId AND kept_as IS NULL", new { generationId }); // Guard: recheck-kept
}
