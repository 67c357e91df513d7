using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>The bytes of a junction: REPARSE_DATA_BUFFER with its mount point part (ntifs.h).</summary>
internal static class WindowsJunction
{
    private const uint Tag = 0xA0000003;
    private const int HeaderBytes = 8;
    private const int OffsetsBytes = 8;

    internal static byte[] Format(string absoluteTarget)
    {
        var substitute = MemoryMarshal.AsBytes((@"\??\" + absoluteTarget).AsSpan());
        var print = MemoryMarshal.AsBytes(absoluteTarget.AsSpan());
        // Both names end in a null that their lengths do not count.
        var printOffset = substitute.Length + 2;
        var bytes = new byte[HeaderBytes + OffsetsBytes + printOffset + print.Length + 2];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Tag);
        WriteWord(bytes, 4, bytes.Length - HeaderBytes);
        WriteWord(bytes, 10, substitute.Length);
        WriteWord(bytes, 12, printOffset);
        WriteWord(bytes, 14, print.Length);
        substitute.CopyTo(bytes.AsSpan(HeaderBytes + OffsetsBytes));
        print.CopyTo(bytes.AsSpan(HeaderBytes + OffsetsBytes + printOffset));
        return bytes;
    }

    private static void WriteWord(byte[] bytes, int offset, int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), checked((ushort)value));
}
