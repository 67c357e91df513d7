using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>Why the members of a tar could not be read to its end.</summary>
internal enum TarFault
{
    EndsTooEarly,
    HasDamagedHeader,
    IsNoTar,
}

/// <summary>One file of an export that is a tar, and where its bytes are in it.</summary>
internal sealed record ExportMember(string Name, long Offset, long Length)
{
    internal const int BlockBytes = 512;

    /// <summary>Where the header of the next one begins.</summary>
    internal long End => RoundUp(Offset + Length);

    internal static long RoundUp(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>All members from the beginning on, and what keeps the rest from being read; null if the tar is whole.</summary>
    internal static (IReadOnlyList<ExportMember> Members, TarFault? Fault) ReadAll(IFile file)
    {
        var found = new List<ExportMember>();
        var block = new byte[BlockBytes];
        for (long offset = 0; ; offset = found[^1].End)
        {
            if (file.Read(block, offset) < BlockBytes)
            {
                return (found, TarFault.EndsTooEarly);
            }
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                return (found, null);
            }
            if (ParseHeader(block) is not { } header)
            {
                return (found, TarFault.IsNoTar);
            }
            if (!header.IsChecksumValid)
            {
                return (found, TarFault.HasDamagedHeader);
            }
            if (header.Size < 0 || header.Size > file.Length - offset - BlockBytes)
            {
                return (found, TarFault.EndsTooEarly);
            }
            found.Add(new ExportMember(header.Name, offset + BlockBytes, header.Size));
        }
    }

    private static TarHeader? ParseHeader(byte[] block)
    {
        var header = new TarHeader();
        try
        {
            header.ParseBuffer(block, Encoding.UTF8);
        }
        catch (Exception broken) when (broken is TarException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
        return header;
    }
}
