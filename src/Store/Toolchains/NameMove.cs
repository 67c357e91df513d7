using ToolchainStore.Journal;

namespace ToolchainStore.Toolchains;

/// <summary>A name's next generation. The only place where one is made.</summary>
internal sealed record NameMove(string OperationId, string Name, string TreeId, string ManifestDigest)
{
    /// <summary>What the user asked for, of a name that is new.</summary>
    internal string? Profile { get; init; }

    /// <summary>The generation that it repeats.</summary>
    internal long? RestoredFrom { get; init; }

    /// <summary>Within a transaction: the name leads to the new generation, and what it led to before is kept for a while.</summary>
    internal long Make(JournalSession session, long now)
    {
        if (session.Toolchains.Find(Name) is { GenerationId: { } replaced })
        {
            session.Generations.Retire(replaced, now);
        }
        var generation = session.Generations.Insert(new GenerationRow
        {
            ToolchainName = Name,
            TreeId = TreeId,
            ManifestDigest = ManifestDigest,
            OperationId = OperationId,
            CreatedAt = now,
            RestoredFrom = RestoredFrom,
        });
        session.Toolchains.MoveTo(OperationId, Name, generation, Profile, now);
        return generation;
    }
}
