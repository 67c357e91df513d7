namespace ToolchainStore;

/// <summary>What sort of failure an operation of the store ended with.</summary>
public enum StoreErrorKind
{
    /// <summary>The request itself is wrong: a name, a path, a combination that cannot be.</summary>
    Usage,

    /// <summary>What was asked for does not exist, here or on the distribution server.</summary>
    NotFound,

    /// <summary>A distribution server did not answer, or not as it must.</summary>
    Network,

    /// <summary>Bytes are not what their digest, checksum or format says.</summary>
    Corrupt,

    /// <summary>The disk refused: full, read-only, no permission, an input/output error.</summary>
    Disk,

    /// <summary>Somebody else holds what is needed for longer than we wait.</summary>
    Busy,

    /// <summary>The store was written by a newer program than this one.</summary>
    TooOld,

    /// <summary>An invariant does not hold: a defect of ours.</summary>
    Broken,
}

/// <summary>
/// An error a person can act on: one sentence with the quoted subject, further lines for notes and help.
/// Causes are inner exceptions; the command line joins them as <c>outer: cause</c>.
/// </summary>
public class StoreException(StoreErrorKind kind, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public StoreErrorKind Kind { get; } = kind;
}
