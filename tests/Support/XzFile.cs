using System.Buffers.Binary;
using System.IO.Hashing;
using SharpCompress.Compressors.LZMA;

namespace ToolchainStore.Tests.Support;

/// <summary>Writes the .xz container: several blocks with their sizes in the headers, as the real releases have.</summary>
/// <remarks>
/// No managed library writes xz. A block is one LZMA2 chunk, compressed when that makes it smaller and stored
/// otherwise, so a mirror exercises both kinds in a decoder. Format: https://tukaani.org/xz/xz-file-format.txt
/// </remarks>
internal static class XzFile
{
    // An LZMA2 chunk states its packed size in 16 bits; a block this small is always one chunk.
    private const int BlockBytesMax = 1 << 16;
    private const int CrcBytes = 4;
    private const byte DictionaryOf1MiB = 16;

    private static readonly byte[] StreamFlagsWithCrc32 = [0x00, 0x01];

    public static byte[] Compress(ReadOnlySpan<byte> plain)
    {
        MemoryStream file = new();
        List<(long UnpaddedBytes, long PlainBytes)> index = [];

        file.Write([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00]);
        file.Write(StreamFlagsWithCrc32);
        WriteCrc32(file, StreamFlagsWithCrc32);
        while (!plain.IsEmpty)
        {
            ReadOnlySpan<byte> block = plain[..Math.Min(BlockBytesMax, plain.Length)];
            index.Add((WriteBlock(file, block), block.Length));
            plain = plain[block.Length..];
        }

        byte[] indexBytes = FormatIndex(index);
        file.Write(indexBytes);
        WriteFooter(file, indexBytes.Length);
        return file.ToArray();
    }

    private static long WriteBlock(MemoryStream file, ReadOnlySpan<byte> plain)
    {
        byte[] chunks = FormatChunks(plain);
        byte[] header = FormatBlockHeader(chunks.Length, plain.Length);
        file.Write(header);
        file.Write(chunks);
        PadToFour(file);
        WriteCrc32(file, plain);
        return header.Length + chunks.Length + CrcBytes;
    }

    private static byte[] FormatChunks(ReadOnlySpan<byte> plain)
    {
        const byte StoredAfterDictionaryReset = 0x01;
        const byte CompressedAfterDictionaryReset = 0xE0;
        const byte EndOfChunks = 0x00;

        byte[] packed = PackLzma(plain, out byte properties);
        byte[] plainSize = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(plainSize, (ushort)(plain.Length - 1));
        if (packed.Length >= plain.Length)
        {
            return [StoredAfterDictionaryReset, .. plainSize, .. plain, EndOfChunks];
        }

        byte[] packedSize = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(packedSize, (ushort)(packed.Length - 1));
        return [CompressedAfterDictionaryReset, .. plainSize, .. packedSize, properties, .. packed, EndOfChunks];
    }

    private static byte[] PackLzma(ReadOnlySpan<byte> plain, out byte properties)
    {
        using MemoryStream packed = new();
        using (LzmaStream lzma = LzmaStream.Create(new LzmaEncoderProperties(false, BlockBytesMax), false, packed))
        {
            properties = lzma.Properties[0];
            lzma.Write(plain);
        }

        return packed.ToArray();
    }

    private static byte[] FormatBlockHeader(long packedBytes, long plainBytes)
    {
        const byte OneFilterAndBothSizes = 0xC0;
        const byte Lzma2 = 0x21;

        MemoryStream header = new();
        header.Write([0x00, OneFilterAndBothSizes]);
        WriteNumber(header, packedBytes);
        WriteNumber(header, plainBytes);
        header.Write([Lzma2, 0x01, DictionaryOf1MiB]);
        PadToFour(header);
        byte[] bytes = header.ToArray();
        bytes[0] = (byte)((bytes.Length + CrcBytes) / 4 - 1);
        return [.. bytes, .. Crc32.Hash(bytes)];
    }

    private static byte[] FormatIndex(List<(long UnpaddedBytes, long PlainBytes)> blocks)
    {
        MemoryStream index = new();
        index.WriteByte(0x00);
        WriteNumber(index, blocks.Count);
        foreach ((long unpaddedBytes, long plainBytes) in blocks)
        {
            WriteNumber(index, unpaddedBytes);
            WriteNumber(index, plainBytes);
        }

        PadToFour(index);
        byte[] bytes = index.ToArray();
        return [.. bytes, .. Crc32.Hash(bytes)];
    }

    private static void WriteFooter(MemoryStream file, int indexBytes)
    {
        byte[] backwardSize = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(backwardSize, indexBytes / 4 - 1);
        byte[] checkedPart = [.. backwardSize, .. StreamFlagsWithCrc32];
        WriteCrc32(file, checkedPart);
        file.Write(checkedPart);
        file.Write("YZ"u8);
    }

    // Seven bits a byte, the lowest first.
    private static void WriteNumber(MemoryStream stream, long number)
    {
        while (number >= 0x80)
        {
            stream.WriteByte((byte)(number | 0x80));
            number >>= 7;
        }

        stream.WriteByte((byte)number);
    }

    private static void PadToFour(MemoryStream stream)
    {
        while (stream.Length % 4 != 0)
        {
            stream.WriteByte(0x00);
        }
    }

    private static void WriteCrc32(MemoryStream stream, ReadOnlySpan<byte> bytes) => stream.Write(Crc32.Hash(bytes));
}
