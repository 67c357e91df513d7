namespace ToolchainStore.Platform;

/// <summary>The moments of a journal transaction at which others may have to wait, or everything may end.</summary>
public enum JournalStep
{
    BeginReading,

    /// <summary>As <see cref="BeginReading"/>, for one who does other things too before the next question.</summary>
    BeginSnapshot,
    BeginWriting,
    Commit,
    RollBack,
}

/// <summary>How the journal reaches its database, and takes the steps of its transactions.</summary>
public interface IJournalAccess
{
    /// <summary>What SQLite opens for the database that belongs at a path.</summary>
    string DataSource(string path);

    /// <summary>Whether that is a file, which a reader can also open without writing SQLite's shared-memory index beside it.</summary>
    bool IsFile { get; }

    /// <summary>Takes a step. The result is SQLite's code, or what a test puts in its place.</summary>
    int Take(JournalStep step, Func<int> run);
}

/// <summary>Database files, and steps as they come.</summary>
internal sealed class JournalFiles : IJournalAccess
{
    public string DataSource(string path) => path;

    public bool IsFile => true;

    public int Take(JournalStep step, Func<int> run) => run();
}
