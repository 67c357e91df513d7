using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>A distribution server in memory that offers what is published on a day, and changes when the day does.</summary>
internal sealed class ReleaseServer(IReadOnlyList<IReadOnlyDictionary<string, byte[]>> days)
{
    internal const string Url = "http://127.0.0.1:1";

    internal int Day { get; set; } = 1;

    internal int LastDay => days.Count;

    /// <summary>The same releases on a day of its own.</summary>
    internal ReleaseServer Copy() => new(days) { Day = Day };

    internal byte[]? Find(string url) => days[Day - 1].GetValueOrDefault(url[Url.Length..]);

    /// <summary>Publishes day by day with the mirror that all tests use, and keeps what it wrote.</summary>
    internal static ReleaseServer Publish(int lastDay, Action<Mirror, int> publish)
    {
        using var folder = new TemporaryFolder();
        var mirror = new Mirror(folder["mirror"], Compression.Gzip);
        var days = new List<IReadOnlyDictionary<string, byte[]>>();
        for (var day = 1; day <= lastDay; day++)
        {
            publish(mirror, day);
            days.Add(Directory.EnumerateFiles(mirror.Root, "*", SearchOption.AllDirectories).ToDictionary(
                path => path[mirror.Root.Length..], File.ReadAllBytes, StringComparer.Ordinal));
        }
        return new ReleaseServer(days);
    }
}
