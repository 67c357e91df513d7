using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A directory served on loopback by a process of its own.</summary>
internal sealed class FileServer : IDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly ChildProcess process;

    internal FileServer(string program, string directory)
    {
        process = ChildProcess.Start(Command.Inherit("/usr/bin/env", "python3", program, directory, "--port", "0"));
        var deadline = DateTime.UtcNow + StartMax;
        // "serving DIRECTORY on URL" and the end of the line.
        while (!process.ReadOutput().Contains(" on http://", StringComparison.Ordinal)
            || !process.ReadOutput().EndsWith('\n'))
        {
            if (DateTime.UtcNow > deadline)
            {
                process.Dispose();
                throw new BenchmarkException($"the server of {directory} does not start: {process.ReadOutput()}");
            }
            Thread.Sleep(LookInterval);
        }
        Url = process.ReadOutput().Trim().Split(' ')[^1];
    }

    internal string Url { get; }

    public void Dispose() => process.Dispose();
}
