using System.Text;

namespace ToolchainStore.Platform;

/// <summary>A line of the mount table: where a file system is mounted, what from, and how.</summary>
/// <param name="Point">The directory it is mounted on.</param>
/// <param name="TypeName">The kernel's name: <c>nfs4</c>, <c>cifs</c>, <c>fuse.sshfs</c>.</param>
/// <param name="Source">A device, or what the server calls it: <c>server:/export</c>.</param>
/// <param name="Options">Those of the mount and of the file system.</param>
public sealed record MountDescription(string Point, string TypeName, string Source, IReadOnlyList<string> Options)
{
    /// <summary>The mount that a path without links is on: the last of those with the longest point above it.</summary>
    /// <param name="table">As <c>/proc/self/mountinfo</c> (proc(5)): id, parent, device, root, point, options, optional fields, a dash, type, source, options.</param>
    /// <param name="path">The path.</param>
    public static MountDescription? Find(string table, string path)
    {
        MountDescription? found = null;
        foreach (var line in table.Split('\n'))
        {
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
            {
                continue;
            }
            var point = Decode(fields[4]);
            if (IsAbove(point, path) && point.Length >= (found?.Point.Length ?? 0))
            {
                found = new MountDescription(
                    point, Decode(fields[dash + 1]), Decode(fields[dash + 2]),
                    [.. fields[5].Split(',').Concat(fields[dash + 3].Split(',')).Distinct()]);
            }
        }
        return found;
    }

    public string Describe() => $"'{Point}' from '{Source}' ({TypeName}: {string.Join(',', Options)})";

    private static bool IsAbove(string point, string path) =>
        point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);

    /// <summary>Blanks, tabs, line feeds and backslashes are written as three octal digits.</summary>
    private static string Decode(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }
        var text = new StringBuilder();
        for (var index = 0; index < field.Length; index++)
        {
            if (field[index] == '\\' && index + 3 < field.Length)
            {
                text.Append((char)(((field[index + 1] - '0') << 6) | ((field[index + 2] - '0') << 3) | (field[index + 3] - '0')));
                index += 3;
            }
            else
            {
                text.Append(field[index]);
            }
        }
        return text.ToString();
    }
}
