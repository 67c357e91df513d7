using System.Runtime.InteropServices;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>Holds our trees as a running tool would, so that they outlive their names until this is disposed of.</summary>
internal sealed class Leases : IDisposable
{
    private const int OpenForReading = 0x80000;     // read-only, closed on exec
    private const int SetOpenFileDescriptionLock = 37;

    private readonly List<int> descriptors = [];

    internal void Hold(string tree)
    {
        var path = Path.Combine(tree, ".lease");
        var descriptor = Native.Open(path, OpenForReading);
        var shared = default(Native.RecordLock);
        if (descriptor < 0 || Native.Control(descriptor, SetOpenFileDescriptionLock, ref shared) != 0)
        {
            throw new BenchmarkException($"cannot hold {path}: error {Marshal.GetLastPInvokeError()}");
        }
        descriptors.Add(descriptor);
    }

    public void Dispose() => descriptors.ForEach(descriptor => _ = Native.Close(descriptor));
}
