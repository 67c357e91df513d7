using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>
/// Writes the small files of a component on a thread of its own, while the caller's decompresses the next ones: a
/// documentation is fifty thousand files, and making them takes as long as decompressing them.
/// </summary>
/// <remarks>Failure: the first one ends the writing; it is thrown by the next <see cref="Write"/> or by <see cref="Finish"/>.</remarks>
internal sealed class FileWriter : IDisposable
{
    // At most that many files wait, so at most 4 MiB of them.
    private const int WaitingMax = 32;

    private readonly Machine machine;
    private readonly BlockingCollection<Waiting>? waiting;
    private readonly Thread? thread;
    private ExceptionDispatchInfo? failure;

    /// <param name="machine">Where the files are made.</param>
    /// <param name="isParallel">Whether there is another thread; otherwise each file is written at once.</param>
    internal FileWriter(Machine machine, bool isParallel)
    {
        this.machine = machine;
        if (isParallel)
        {
            waiting = new BlockingCollection<Waiting>(WaitingMax);
            thread = new Thread(WriteWaiting);
            thread.Start();
        }
    }

    /// <summary>Writes a new file; its content's buffer goes back to the shared pool.</summary>
    /// <param name="target">Where.</param>
    /// <param name="buffer">Rented from the shared pool.</param>
    /// <param name="length">How many bytes of it.</param>
    /// <param name="mode">The file's mode.</param>
    /// <param name="written">Told the checksum, on whichever thread writes.</param>
    internal void Write(string target, byte[] buffer, int length, UnixFileMode mode, Action<UInt128> written)
    {
        var file = new Waiting(target, buffer, length, mode, written);
        if (waiting is null)
        {
            Write(file);
            return;
        }
        Volatile.Read(ref failure)?.Throw();
        waiting.Add(file);
    }

    /// <summary>Waits until all files are written.</summary>
    internal void Finish()
    {
        waiting?.CompleteAdding();
        thread?.Join();
        failure?.Throw();
    }

    public void Dispose()
    {
        waiting?.CompleteAdding();
        thread?.Join();
        waiting?.Dispose();
    }

    private void WriteWaiting()
    {
        foreach (var file in waiting!.GetConsumingEnumerable())
        {
            try
            {
                if (failure is null)
                {
                    Write(file);
                }
            }
            catch (Exception failed)
            {
                // What still waits is taken and dropped, so that the other thread does not wait for room.
                Volatile.Write(ref failure, ExceptionDispatchInfo.Capture(failed));
            }
        }
    }

    private void Write(Waiting file)
    {
        var content = file.Buffer.AsSpan(0, file.Length);
        machine.Files.WriteNew(file.Target, content, file.Mode);
        file.Written(Listing.ChecksumOf(content));
        ArrayPool<byte>.Shared.Return(file.Buffer);
    }

    private readonly record struct Waiting(
        string Target, byte[] Buffer, int Length, UnixFileMode Mode, Action<UInt128> Written);
}
