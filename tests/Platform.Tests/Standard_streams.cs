using System.IO.Pipes;

namespace ToolchainStore.Platform.Tests;

public sealed class A_standard_stream
{
    private const int GetFlags = 3, SetFlags = 4;

    private static int NonBlocking => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    [Fact]
    public async Task that_somebody_made_non_blocking_waits_for_its_reader()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        var descriptor = (int)reader.ClientSafePipeHandle.DangerousGetHandle();
        Assert.Equal(0, UnixNative.Control(descriptor, SetFlags, UnixNative.Control(descriptor, GetFlags, 0) | NonBlocking));
        var writing = Task.Run(() =>
        {
            new UnixStandardStream(descriptor).Write(sent);
            reader.DisposeLocalCopyOfClientHandle();
        });

        using var received = new MemoryStream();
        await reader.CopyToAsync(received);
        await writing;

        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public void whose_reader_is_gone_takes_everything()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        pipe.SafePipeHandle.Dispose();

        new UnixStandardStream((int)pipe.ClientSafePipeHandle.DangerousGetHandle()).Write("nobody"u8);
    }
}
