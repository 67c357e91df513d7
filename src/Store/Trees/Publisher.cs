using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>The one place where staged directories get their final names.</summary>
public sealed class Publisher(Machine machine, StoreLayout layout)
{
    /// <summary>Gives a staged component its name.</summary>
    /// <remarks>
    /// Crash: before the rename nothing has happened; after it an unnamed directory exists, which the next publication
    /// or a collection throws away. Locking: called inside the write transaction that makes it valid, so nobody stands
    /// between the name and its row. The bytes are durable already.
    /// </remarks>
    public void PublishComponent(string stagedPath, string componentId) =>
        Publish(stagedPath, layout.Component(componentId), layout.Components);

    /// <summary>Gives a staged tree its name; as <see cref="PublishComponent"/>.</summary>
    public void PublishTree(string stagedPath, string treeId) =>
        Publish(stagedPath, layout.Tree(treeId), layout.Trees);

    /// <summary>Moves a directory out of everybody's sight; its bytes are deleted later.</summary>
    /// <remarks>
    /// Crash: in trash or still in place, unnamed either way. Cost: where it cannot be moved, which is so of what an image's layer
    /// holds (an overlay answers EXDEV) and of toolchains/ on another disk, it is deleted where it is, while the caller's transaction
    /// keeps installers from publishing at this place. Crash then: a part of it, unnamed as well, for the next one to discard.
    /// </remarks>
    public void Discard(string path)
    {
        if (!machine.Files.Exists(path))
        {
            return;
        }
        try
        {
            machine.Files.Rename(path, Path.Combine(layout.Trash, machine.NewId()));
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.CrossesDevices)
        {
            machine.Files.DeleteTree(path);
        }
    }

    private void Publish(string stagedPath, string finalPath, string parent)
    {
        // A directory without a valid row is what an earlier crash or removal left. Another machine may have left it, or
        // taken it away, since this one looked there last.
        machine.Files.Refresh(parent);
        Discard(finalPath);
        machine.ReachCrashPoint(CrashPoint.BeforePublishRename);
        machine.Files.Rename(stagedPath, finalPath);
        machine.ReachCrashPoint(CrashPoint.AfterPublishRename);
        machine.Files.SyncDirectory(parent); // Guard: sync-published
    }
}
