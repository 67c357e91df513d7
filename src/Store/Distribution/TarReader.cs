using System.Text;
using ICSharpCode.SharpZipLib.Tar;

namespace ToolchainStore.Distribution;

/// <summary>A header of a tar with its whole name, whichever extension carries that.</summary>
internal sealed record TarMember(byte TypeFlag, string Name, int Mode, long SizeBytes);

/// <summary>
/// Reads a tar header by header. SharpZipLib parses the headers; its own stream skips kinds it does not know, and
/// those are the ones that must be refused.
/// </summary>
internal sealed class TarReader(Stream stream)
{
    private const int BlockBytes = 512;
    private const int LongestExtension = 1 << 20;

    private readonly byte[] block = new byte[BlockBytes];
    private long remaining;
    private long padding;

    /// <summary>The next member, after whatever is left of the one before; null at the end.</summary>
    internal TarMember? Next()
    {
        string? longName = null;
        while (true)
        {
            Skip(remaining + padding);
            stream.ReadExactly(block);
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                remaining = padding = 0;
                return null;
            }
            var header = new TarHeader();
            header.ParseBuffer(block, Encoding.UTF8);
            if (!header.IsChecksumValid)
            {
                throw new InvalidDataException("a tar header is damaged");
            }
            remaining = header.Size;
            padding = (BlockBytes - header.Size % BlockBytes) % BlockBytes;
            switch (header.TypeFlag)
            {
                case TarHeader.LF_GNU_LONGNAME:
                    longName = Encoding.UTF8.GetString(ReadExtension()).TrimEnd('\0');
                    break;
                case TarHeader.LF_GNU_LONGLINK or TarHeader.LF_GHDR:
                    ReadExtension();
                    break;
                case TarHeader.LF_XHDR:
                    longName = FindPath(ReadExtension()) ?? longName;
                    break;
                default:
                    return new TarMember(header.TypeFlag, longName ?? header.Name, header.Mode, header.Size);
            }
        }
    }

    /// <summary>Bytes of the current member; 0 at its end.</summary>
    internal int Read(Span<byte> buffer)
    {
        if (remaining == 0 || buffer.Length == 0)
        {
            return 0;
        }
        var count = stream.Read(buffer[..(int)Math.Min(buffer.Length, remaining)]);
        if (count == 0)
        {
            throw new EndOfStreamException("it ends in the middle of a file");
        }
        remaining -= count;
        return count;
    }

    private byte[] ReadExtension()
    {
        if (remaining > LongestExtension)
        {
            throw new InvalidDataException("a tar extension header is absurdly long");
        }
        var content = new byte[remaining];
        stream.ReadExactly(content);
        remaining = 0;
        return content;
    }

    private void Skip(long count)
    {
        while (count > 0)
        {
            var read = stream.Read(block.AsSpan(0, (int)Math.Min(count, BlockBytes)));
            if (read == 0)
            {
                throw new EndOfStreamException("it ends in the middle of a file");
            }
            count -= read;
        }
    }

    /// <summary>The <c>path</c> of a pax header, whose records are <c>LENGTH KEY=VALUE\n</c>.</summary>
    private static string? FindPath(byte[] records)
    {
        string? path = null;
        for (var start = 0; start < records.Length;)
        {
            var space = Array.IndexOf(records, (byte)' ', start);
            if (space < 0
                || !int.TryParse(records.AsSpan(start, space - start), out var length)
                || length <= space - start + 1
                || length > records.Length - start)
            {
                throw new InvalidDataException("a pax header is damaged");
            }
            var record = Encoding.UTF8.GetString(records, space + 1, start + length - space - 2);
            path = record.StartsWith("path=", StringComparison.Ordinal) ? record["path=".Length..] : path;
            start += length;
        }
        return path;
    }
}
