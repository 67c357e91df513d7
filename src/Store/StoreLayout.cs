namespace ToolchainStore;

/// <summary>
/// Every path of the store. Nothing else joins a file name to the home.
/// <code>
/// $RUSTUP_HOME/
///   settings.toml              a view: exported from the journal, edits by others are imported
///   toolchains/NAME            a view: link to the current tree, or to a linked toolchain
///   store/
///     journal.db               what is valid, named, wanted and in flight
///     components/ID/listing    the files of one unpacked archive, with mode, size and checksum
///     components/ID/manifest.in what the archive says it installs
///     components/ID/files/     the files themselves, immutable
///     toolchains/ID/           a composed sysroot, immutable; .lease: shared lock = in use
///     downloads/DIGEST[.partial]
///     records/NAME             a view: the rows of a name, for rebuilding a lost journal
///     damaged-ID/              a journal that was replaced by a rebuilt one
///     operations/ID            one small file per running writer; exclusive lock = alive
///     staging/ID/              private to one operation
///     trash/                   renamed away, deleted later
///     kept/NAME-OPERATION/      what an adopted toolchain held besides its components
///     ballast                  given up by collection and uninstall so that a full disk can be freed
/// </code>
/// </summary>
public sealed class StoreLayout(string rustupHome)
{
    public const string LeaseFileName = ".lease";
    public const string ComponentFilesDirectoryName = "files";
    public const string ComponentListingFileName = "listing";
    public const string ComponentManifestFileName = "manifest.in";

    public string RustupHome { get; } = rustupHome;

    public string SettingsFile => Path.Combine(RustupHome, "settings.toml");

    /// <summary>Where the next settings.toml is written, under the journal's write lock.</summary>
    public string SettingsBeingWritten => SettingsFile + ".new";

    public string ToolchainViews => Path.Combine(RustupHome, "toolchains");

    public string Root => Path.Combine(RustupHome, "store");

    public string Journal => Path.Combine(Root, "journal.db");

    public string Components => Path.Combine(Root, "components");

    public string Trees => Path.Combine(Root, "toolchains");

    /// <summary>One file a name, from which a lost journal is rebuilt.</summary>
    public string Records => Path.Combine(Root, "records");

    public string Record(string name) => Path.Combine(Records, name);

    /// <summary>Where the next record is written, under the journal's write lock. No toolchain's name is like it.</summary>
    public string RecordBeingWritten => Path.Combine(Records, "+");

    public string JournalBeingRebuilt => Journal + ".new";

    /// <summary>Where a journal goes that could not be read. Never deleted by us.</summary>
    public string DamagedJournal(string id) => Path.Combine(Root, $"damaged-{id}");

    public string Downloads => Path.Combine(Root, "downloads");

    public string Operations => Path.Combine(Root, "operations");

    public string Staging => Path.Combine(Root, "staging");

    public string Trash => Path.Combine(Root, "trash");

    /// <summary>Where doctors of several machines meet, and try what the file system can do. Gone when they are.</summary>
    public string Meeting => Path.Combine(Root, "doctor");

    /// <summary>Files of adopted toolchains that no component names. Never deleted by us.</summary>
    public string Kept => Path.Combine(Root, "kept");

    public string KeptOf(string name, string operationId) => Path.Combine(Kept, $"{name}-{operationId}");

    /// <summary>Where another rustup remembers which manifest a toolchain was made from.</summary>
    public string UpdateHash(string name) => Path.Combine(RustupHome, "update-hashes", name);

    public string Ballast => Path.Combine(Root, "ballast");

    /// <summary>Where the next link is made, under the journal's write lock. No toolchain's name is like it.</summary>
    public string ToolchainViewBeingMade => Path.Combine(ToolchainViews, "+");

    public string ToolchainView(string name) => Path.Combine(ToolchainViews, name);

    public string Component(string id) => Path.Combine(Components, id);

    public string ComponentFiles(string id) => Path.Combine(Components, id, ComponentFilesDirectoryName);

    public string ComponentListing(string id) => Path.Combine(Components, id, ComponentListingFileName);

    public string Tree(string id) => Path.Combine(Trees, id);

    public string Lease(string treeId) => Path.Combine(Trees, treeId, LeaseFileName);

    /// <summary>The archive's own list of what it installs, which other tools read in a toolchain.</summary>
    public string ComponentManifest(string id) => Path.Combine(Components, id, ComponentManifestFileName);

    public string Archive(Digest digest) => Path.Combine(Downloads, digest.Hex);

    public string PartialArchive(Digest digest) => Path.Combine(Downloads, digest.Hex + ".partial");

    public string Operation(string id) => Path.Combine(Operations, id);

    public string StagingOf(string operationId) => Path.Combine(Staging, operationId);

    /// <summary>
    /// What <c>toolchains/NAME</c> contains: relative, so that a home can be moved or copied. Where toolchains/ is itself a
    /// link to somewhere else, no relative path leads back, and it is absolute.
    /// </summary>
    public string ViewTarget(string treeId, bool areViewsElsewhere) =>
        areViewsElsewhere ? Tree(treeId) : Path.Combine(RelativeTrees, treeId);

    /// <summary>Whether a link in toolchains/ leads to one of our trees.</summary>
    public bool IsViewTarget(string? target) =>
        target is not null
        && (target.StartsWith(RelativeTrees + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || target.StartsWith(Trees + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>Whether a link in toolchains/ leads to this one of our trees.</summary>
    public bool IsViewTarget(string? target, string treeId) =>
        target is not null
        && (target == ViewTarget(treeId, areViewsElsewhere: false) || target == ViewTarget(treeId, areViewsElsewhere: true));

    private static string RelativeTrees => Path.Combine("..", "store", "toolchains");

    /// <summary>The directories that a store has from its creation on.</summary>
    public IReadOnlyList<string> Directories =>
        [Root, Components, Trees, Records, Downloads, Operations, Staging, Trash, ToolchainViews];
}
