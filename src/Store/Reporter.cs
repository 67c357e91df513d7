namespace ToolchainStore;

/// <summary>What a running operation tells whoever watches. Silent unless overridden; called from several threads.</summary>
public class Reporter
{
    public static Reporter Silent { get; } = new();

    public virtual void Trace(string message)
    {
    }

    public virtual void Debug(string message)
    {
    }

    public virtual void Info(string message)
    {
    }

    public virtual void Warn(string message)
    {
    }

    /// <summary>Whether anybody sees progress, so that finding out a total is worth a request.</summary>
    public virtual bool ShowsProgress => false;

    /// <summary>How far the download of a component is, whoever does it; the total is null where nobody knows it.</summary>
    public virtual void Downloaded(string component, long bytes, long? totalBytes)
    {
    }

    /// <summary>How much of a component's archive has been unpacked.</summary>
    public virtual void Unpacked(string component, long bytes, long totalBytes)
    {
    }

    /// <summary>A component is there.</summary>
    public virtual void Completed(string component)
    {
    }

    /// <summary>All that moved is there, or has failed: no progress is told until something else begins.</summary>
    public virtual void Finished()
    {
    }
}
