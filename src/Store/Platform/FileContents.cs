using System.Buffers;

namespace ToolchainStore.Platform;

/// <summary>Whole files through their open handles, alike on every system.</summary>
internal static class FileContents
{
    private const int ChunkBytes = 1 << 17;

    internal static byte[] ReadWhole(IFile file)
    {
        var content = new byte[file.Length];
        var filled = 0;
        while (filled < content.Length)
        {
            var count = file.Read(content.AsSpan(filled), filled);
            if (count == 0)
            {
                return content[..filled];
            }
            filled += count;
        }
        return content;
    }

    /// <summary>Of a file of /proc, which says that it is empty.</summary>
    internal static byte[] ReadUnmeasured(IFile file)
    {
        var content = new byte[1 << 14];
        for (var filled = 0; ;)
        {
            var count = file.Read(content.AsSpan(filled), filled);
            if (count == 0)
            {
                return content[..filled];
            }
            filled += count;
            if (filled == content.Length)
            {
                Array.Resize(ref content, content.Length * 2);
            }
        }
    }

    internal static void Copy(IFile source, IFile copy)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        for (long offset = 0; ;)
        {
            var count = source.Read(buffer, offset);
            if (count == 0)
            {
                break;
            }
            copy.Write(buffer.AsSpan(0, count), offset);
            offset += count;
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
