using System.Globalization;
using System.Text;

namespace ToolchainStore.Platform;

/// <summary>One look at all processes of this machine, for those that use a directory or carry a variable.</summary>
internal sealed class LinuxProcessWalk(string directory, string? variable)
{
    // A process may end while we look and leave a child behind that our list does not have. The next list has it.
    private const int ListsMax = 10;

    private readonly string prefix = (Machine.Host.Files.Canonicalize(directory) ?? directory) + "/";
    private readonly byte[]? assignment = variable is null ? null : Encoding.UTF8.GetBytes(variable + "=");
    private readonly Dictionary<int, DirectoryUser?> examined = new() { [Environment.ProcessId] = null };

    internal IReadOnlyList<DirectoryUser> Run()
    {
        for (var list = 0; list < ListsMax; list++)
        {
            var fresh = UnixDirectory.List("/proc")
                .Select(entry => int.TryParse(entry.Name, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && !examined.ContainsKey(id)).ToList();
            if (fresh.Count == 0)
            {
                break;
            }
            foreach (var id in fresh)
            {
                examined[id] = Examine(id);
            }
        }
        return [.. examined.Values.OfType<DirectoryUser>()];
    }

    private DirectoryUser? Examine(int id)
    {
        var entries = new HashSet<string>(StringComparer.Ordinal);
        string? value = null;
        // Each on its own: of another user's process some can be read and some not.
        Try(() => Note(entries, Machine.Host.Files.ReadLink($"/proc/{id}/exe")));
        string? standsIn = null;
        Try(() => standsIn = FindEntry(Machine.Host.Files.ReadLink($"/proc/{id}/cwd")));
        Try(() => NoteMappings(entries, id));
        if (assignment is not null)
        {
            Try(() => value = FindValue(File.ReadAllBytes($"/proc/{id}/environ"), assignment));
        }
        return entries.Count == 0 && standsIn is null && value is null
            ? null
            : new DirectoryUser(id, UnixProcesses.NameOf(id), entries, standsIn, value);
    }

    private static void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception refused) when (refused is FileSystemException or IOException or UnauthorizedAccessException)
        {
            // The process ended, or belongs to another user: it shows nothing.
        }
    }

    private void NoteMappings(HashSet<string> entries, int id)
    {
        // A line has the path last, after fields without a slash but for it.
        foreach (var line in File.ReadLines($"/proc/{id}/maps"))
        {
            var start = line.IndexOf('/', StringComparison.Ordinal);
            Note(entries, start < 0 ? null : line[start..]);
        }
    }

    private void Note(HashSet<string> entries, string? path)
    {
        if (FindEntry(path) is { } entry)
        {
            entries.Add(entry);
        }
    }

    private string? FindEntry(string? path)
    {
        if (path is null || !path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var below = path[prefix.Length..];
        var end = below.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? below : below[..end];
    }

    private static string? FindValue(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> assignment)
    {
        foreach (var range in environment.Split((byte)0))
        {
            var line = environment[range];
            if (line.StartsWith(assignment))
            {
                return Encoding.UTF8.GetString(line[assignment.Length..]);
            }
        }
        return null;
    }
}
