namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>
/// Homes that nobody needs any more, deleted when the last turn is over: for a minute after a deletion ext4 passes over the
/// inodes that were freed, one by one, and what is created then takes up to five times as long.
/// </summary>
internal sealed class UsedHomes : IDisposable
{
    private const long BytesToLeaveFree = 12_000_000_000;

    private readonly List<Home> homes = [];

    /// <summary>Keeps the homes until the end, as long as there is room.</summary>
    internal void Add(Home home)
    {
        homes.Add(home);
        if (new DriveInfo(home.Root).AvailableFreeSpace < BytesToLeaveFree)
        {
            DeleteAll();
        }
    }

    public void Dispose() => DeleteAll();

    private void DeleteAll()
    {
        homes.ForEach(home => home.Delete());
        homes.Clear();
    }
}
