using System.Text;

namespace ToolchainStore.Cli.Setup;

/// <summary>Adding lines to a profile and taking them away, byte for byte: a profile need not be UTF-8.</summary>
internal static class ProfileLines
{
    private const byte LineFeed = (byte)'\n';

    internal static bool LacksLineBreak(ReadOnlySpan<byte> content) => content is not [.., LineFeed];

    /// <summary>Whether the text is anywhere in it, even in a comment: then a person has decided about it.</summary>
    internal static bool Mentions(ReadOnlySpan<byte> content, string line) => content.IndexOf(Encoding.UTF8.GetBytes(line)) >= 0;

    /// <summary>The line at the end, after a line break if the content is there and lacks one.</summary>
    internal static byte[] Append(byte[]? content, string line) => content is null
        ? Encoding.UTF8.GetBytes($"{line}\n")
        : [.. content, .. Encoding.UTF8.GetBytes(LacksLineBreak(content) ? $"\n{line}\n" : $"{line}\n")];

    /// <summary>Without the lines that consist of the text and nothing else.</summary>
    internal static byte[] Remove(byte[] content, string line)
    {
        var removed = Encoding.UTF8.GetBytes($"{line}\n");
        var kept = new List<byte>(content.Length);
        ReadOnlySpan<byte> rest = content;
        while (rest.Length > 0)
        {
            var length = rest.IndexOf(LineFeed) is >= 0 and var end ? end + 1 : rest.Length;
            var current = rest[..length];
            if (!current.SequenceEqual(removed) && !current.SequenceEqual(removed.AsSpan(..^1)))
            {
                kept.AddRange(current);
            }
            rest = rest[length..];
        }
        return [.. kept];
    }

    /// <summary>Undoes <see cref="Append"/> where it added a line break, if nobody has written below it since.</summary>
    internal static byte[] RemoveWithLineBreak(byte[] content, string line)
    {
        var added = Encoding.UTF8.GetBytes($"\n{line}\n");
        return Remove(content.AsSpan().EndsWith(added) ? content[..^added.Length] : content, line);
    }
}
