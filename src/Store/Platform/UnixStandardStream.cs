using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Descriptor 0, 1 or 2, byte by byte as it is. Nobody at the other end of a pipe is no error, as with Console.</summary>
internal sealed class UnixStandardStream(int descriptor) : Stream
{
    private const short ReadyToWrite = 4;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = UnixNative.ReadStream(descriptor, start, buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }
                if (Marshal.GetLastPInvokeError() != UnixErrors.Interrupted)
                {
                    throw LastError();
                }
            }
        }
    }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint written = 0;
            while (written < buffer.Length)
            {
                var count = UnixNative.WriteStream(descriptor, start + written, buffer.Length - written);
                var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (error == UnixErrors.BrokenPipe)
                {
                    return;
                }
                if (error == UnixErrors.WouldBlock)
                {
                    // Another process made the pipe or terminal non-blocking.
                    var entry = new UnixNative.PollEntry { Descriptor = descriptor, Wanted = ReadyToWrite };
                    UnixNative.Poll(&entry, count: 1, milliseconds: -1);
                }
                else if (error is not (0 or UnixErrors.Interrupted))
                {
                    throw LastError();
                }
                written += Math.Max(count, 0);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static IOException LastError() => new(Marshal.GetLastPInvokeErrorMessage());
}
