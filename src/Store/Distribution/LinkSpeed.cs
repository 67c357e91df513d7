namespace ToolchainStore.Distribution;

/// <summary>How fast bytes come from a server, as far as one has seen.</summary>
public sealed class LinkSpeed
{
    // Less is over before the link is as fast as it gets, or was in a buffer on the way.
    private const int LeastBytes = 1 << 18;

    /// <summary>Null until enough came.</summary>
    public double? BytesPerSecond { get; private set; }

    /// <param name="bytes">How many came.</param>
    /// <param name="elapsed">From when the first of them was there.</param>
    public void Note(long bytes, TimeSpan elapsed)
    {
        if (bytes >= LeastBytes)
        {
            // A clock that did not move in between says that it was fast.
            BytesPerSecond = bytes / Math.Max(elapsed.TotalSeconds, 1e-6);
        }
    }
}
