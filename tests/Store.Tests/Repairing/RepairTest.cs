using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Toolchains;
using ToolchainStore.Trees;

namespace ToolchainStore.Tests.Repairing;

/// <summary>A store that is damaged and repaired.</summary>
public abstract class RepairTest : StoreTest
{
    protected IReadOnlyList<Finding> Verify() => new StoreRepair(Options()).Verify(readsContents: true);

    protected IReadOnlyList<Finding> Repair() => new StoreRepair(Options()).Repair(readsContents: true);

    /// <summary>A file of what a name leads to now.</summary>
    protected string FileOf(ToolchainName name, string path) => Path.Combine(TreeOf(name), path);

    /// <summary>Changes bytes without leaving other traces than a disk that rots.</summary>
    protected static void Flip(string path)
    {
        var mode = File.GetUnixFileMode(path);
        var time = File.GetLastWriteTimeUtc(path);
        File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            var first = file.ReadByte();
            file.Position = 0;
            file.WriteByte((byte)(first ^ 0x10));
        }
        File.SetUnixFileMode(path, mode);
        File.SetLastWriteTimeUtc(path, time);
    }

    protected long GenerationOf(ToolchainName name)
    {
        using var journal = OpenJournal();
        return journal.Read(session => session.Toolchains.Find(name.Text))!.GenerationId!.Value;
    }
}
