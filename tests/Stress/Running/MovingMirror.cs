using ToolchainStore.Platform;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>
/// A mirror whose days come one after the other while others read it. Each day is a folder that is complete before one
/// rename of a link shows it, so readers see a day or the next one, and nothing between; archives and dated manifests of
/// all days are shared. Two requests of one command may still fall on both sides of that rename.
/// </summary>
internal sealed class MovingMirror
{
    private const string CurrentName = "current";

    private readonly string root;
    private readonly List<(int Day, long From)> shown = [];
    private readonly List<long> hidden = [];
    private readonly Lock visibility = new();

    internal MovingMirror(string root)
    {
        this.root = root;
        Directory.CreateDirectory(Path.Combine(root, "dates"));
        Advance();
    }

    internal string Url => $"file://{Current}";

    /// <summary>Of the mirror that a run has below its root.</summary>
    internal static string UrlOf(string runRoot) => $"file://{Path.Combine(FolderOf(runRoot), CurrentName)}";

    internal static string FolderOf(string runRoot) => Path.Combine(runRoot, "mirror");

    internal int Day
    {
        get
        {
            lock (visibility)
            {
                return shown.Count;
            }
        }
    }

    private string Current => Path.Combine(root, CurrentName);

    /// <summary>Prepares the next day and shows it.</summary>
    internal void Advance()
    {
        var day = Day + 1;
        var next = Path.Combine(root, $"day-{day}");
        Directory.CreateDirectory(Path.Combine(next, "dist"));
        if (day > 1)
        {
            foreach (var manifest in Directory.EnumerateFiles(Path.Combine(root, $"day-{day - 1}", "dist")))
            {
                File.Copy(manifest, Path.Combine(next, "dist", Path.GetFileName(manifest)));
            }
        }
        foreach (var date in Directory.EnumerateDirectories(Path.Combine(root, "dates")))
        {
            Directory.CreateSymbolicLink(Path.Combine(next, "dist", Path.GetFileName(date)), date);
        }
        SmallMirror.AdvanceTo(new Mirror(next, Compression.Gzip, Compression.Zstandard), day);
        ShareDates(next);
        Show(day, next);
    }

    /// <summary>The days that somebody may have seen between two moments, and parts of them if there are several.</summary>
    internal IReadOnlyList<int> DaysBetween(long start, long end)
    {
        lock (visibility)
        {
            return
            [
                .. shown.Where((day, index) => day.From <= end && (index >= hidden.Count || hidden[index] >= start))
                    .Select(day => day.Day),
            ];
        }
    }

    private void ShareDates(string folder)
    {
        foreach (var date in new DirectoryInfo(Path.Combine(folder, "dist")).EnumerateDirectories().Where(date => date.LinkTarget is null))
        {
            var shared = Path.Combine(root, "dates", date.Name);
            Directory.Move(date.FullName, shared);
            Directory.CreateSymbolicLink(date.FullName, shared);
        }
    }

    private void Show(int day, string folder)
    {
        var link = Path.Combine(root, "next");
        File.CreateSymbolicLink(link, folder);
        lock (visibility)
        {
            shown.Add((day, Clock.Now));
        }
        Machine.Host.Files.Rename(link, Current);
        lock (visibility)
        {
            if (day > 1)
            {
                hidden.Add(Clock.Now);
            }
        }
    }
}
