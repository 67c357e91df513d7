using System.Diagnostics;

namespace ToolchainStore.Platform.Tests;

/// <summary>A child that inherits exactly what exec lets through, and sleeps until it is disposed of.</summary>
public sealed unsafe class Sleeper : IDisposable
{
    public Sleeper()
    {
        ReadOnlySpan<byte> program = "sleep\0"u8;
        ReadOnlySpan<byte> argument = "30\0"u8;
        fixed (byte* first = program, second = argument)
        {
            var arguments = stackalloc byte*[3] { first, second, null };
            var environment = stackalloc byte*[1] { null };
            int id;
            Assert.Equal(0, UnixNative.Spawn(&id, "/bin/sleep", 0, 0, arguments, environment));
            Id = id;
        }
    }

    public int Id { get; }

    public void Dispose()
    {
        using var process = Process.GetProcessById(Id);
        process.Kill();
    }
}
