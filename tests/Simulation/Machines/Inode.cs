using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>Bytes that several owners may share until one of them writes.</summary>
internal sealed class Content
{
    private byte[] bytes = [];
    private bool isShared;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    internal void Write(ReadOnlySpan<byte> written, int offset)
    {
        Own(Math.Max(Length, offset + written.Length));
        written.CopyTo(bytes.AsSpan(offset));
        Length = Math.Max(Length, offset + written.Length);
    }

    internal void SetLength(int length)
    {
        Own(length);
        if (length > Length)
        {
            bytes.AsSpan(Length, length - Length).Clear();
        }
        Length = length;
    }

    /// <summary>The same bytes for another owner.</summary>
    internal Content Share()
    {
        isShared = true;
        return new Content { bytes = bytes, Length = Length, isShared = true };
    }

    private void Own(int capacity)
    {
        if (isShared || bytes.Length < capacity)
        {
            var grown = new byte[Math.Max(capacity, isShared ? bytes.Length : bytes.Length * 2)];
            bytes.AsSpan(0, Length).CopyTo(grown);
            bytes = grown;
            isShared = false;
        }
    }
}

/// <summary>A file, a directory or a link, as it is and as it would be after the power went.</summary>
internal sealed class Inode(int number, FileKind kind)
{
    internal int Number { get; } = number;

    internal FileKind Kind { get; } = kind;

    /// <summary>A directory of an image's layer below an overlay: it can be emptied and removed, but not moved.</summary>
    internal bool IsOfLowerLayer { get; set; }

    internal UnixFileMode Mode { get; set; }

    internal long Modified { get; set; }

    internal long Changed { get; set; }

    internal int Links { get; set; }

    internal Content Content { get; set; } = new();

    internal string Target { get; set; } = "";

    internal Dictionary<string, Inode> Entries { get; set; } = [];

    /// <summary>What a file is known to hold on the platter; null if nothing of it was ever synced.</summary>
    internal Content? DurableContent { get; set; }

    internal Dictionary<string, Inode> DurableEntries { get; set; } = [];

    internal bool IsContentDurable { get; set; }

    // Locks belong to openings of the file, as the kernel's open-file-description locks do.
    internal SimulatedFile? ExclusiveHolder { get; set; }

    internal List<SimulatedFile> SharedHolders { get; } = [];
}
