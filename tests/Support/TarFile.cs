using System.Text;

namespace ToolchainStore.Tests.Support;

/// <summary>Formats entries in GNU tar format, deterministic and unchecked.</summary>
/// <remarks>The libraries refuse to write what the tests of hostile archives need.</remarks>
internal static class TarFile
{
    private const int RecordBytes = 512;
    private const int NameBytesMax = 100;
    private const long OctalBytesMax = 0x1_FFFF_FFFF;

    // The one tar-rs writes in its deterministic mode, so the one in every real archive.
    private const long ModificationTime = 1153704088;

    public static byte[] Format(IEnumerable<TarEntry> entries)
    {
        MemoryStream tar = new();
        foreach (TarEntry entry in entries)
        {
            WriteLongName(tar, 'K', entry.LinkTarget);
            WriteLongName(tar, 'L', entry.Path);
            WriteHeader(tar, entry.Kind, entry.Path, entry.LinkTarget, (int)entry.Mode,
                entry.DeclaredBytes ?? entry.Content.Length);
            WriteContent(tar, entry.Content.Span);
        }

        tar.Write(new byte[2 * RecordBytes]);
        return tar.ToArray();
    }

    private static void WriteLongName(MemoryStream tar, char kind, string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length > NameBytesMax)
        {
            WriteHeader(tar, kind, "././@LongLink", "", 0, bytes.Length + 1);
            WriteContent(tar, [.. bytes, 0]);
        }
    }

    private static void WriteHeader(
        MemoryStream tar, char kind, string path, string linkTarget, int mode, long contentBytes)
    {
        byte[] header = new byte[RecordBytes];
        PutText(header, 0, NameBytesMax, path);
        PutOctal(header, 100, 8, mode);
        PutOctal(header, 108, 8, 0);
        PutOctal(header, 116, 8, 0);
        PutSize(header, contentBytes);
        PutOctal(header, 136, 12, ModificationTime);
        header[156] = (byte)kind;
        PutText(header, 157, NameBytesMax, linkTarget);
        PutText(header, 257, 8, "ustar  ");
        PutOctal(header, 329, 8, 0);
        PutOctal(header, 337, 8, 0);
        PutChecksum(header);
        tar.Write(header);
    }

    private static void PutText(byte[] header, int offset, int bytesMax, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, bytesMax)).CopyTo(header.AsSpan(offset));
    }

    private static void PutOctal(byte[] header, int offset, int length, long number) =>
        PutText(header, offset, length, Convert.ToString(number, 8).PadLeft(length - 1, '0'));

    private static void PutSize(byte[] header, long contentBytes)
    {
        if (contentBytes <= OctalBytesMax)
        {
            PutOctal(header, 124, 12, contentBytes);
            return;
        }

        header[124] = 0x80;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), contentBytes);
    }

    private static void PutChecksum(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(each => each);
        PutText(header, 148, 8, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
    }

    private static void WriteContent(MemoryStream tar, ReadOnlySpan<byte> content)
    {
        tar.Write(content);
        tar.Write(new byte[(RecordBytes - content.Length % RecordBytes) % RecordBytes]);
    }
}
