using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;
using System.Text.Unicode;

namespace ToolchainStore.Platform;

/// <summary>Names of Unix are bytes. What is not UTF-8 becomes lone surrogates, and the same bytes again.</summary>
/// <remarks>
/// Byte 0x80 + n is U+DC80 + n, as in Python's PEP 383. Without it a directory that holds such a name could be
/// listed but never deleted.
/// </remarks>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ToNative))]
internal static unsafe class UnixPath
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int BytesPerCharMax = 3;

    internal static string Decode(ReadOnlySpan<byte> name)
    {
        if (Utf8.IsValid(name))
        {
            return Encoding.UTF8.GetString(name);
        }
        var text = new StringBuilder(name.Length);
        Span<char> pair = stackalloc char[2];
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out var rune, out var length) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                length = 1;
                text.Append((char)(FirstEscape + (name[0] - 0x80)));
            }
            name = name[length..];
        }
        return text.ToString();
    }

    internal static string Decode(byte* name) => Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));

    /// <summary>Writes the bytes of a path and a final null; the buffer is large enough for any text.</summary>
    internal static void Encode(ReadOnlySpan<char> path, Span<byte> buffer)
    {
        var filled = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(
                path, buffer[filled..], out var read, out var written, replaceInvalidSequences: false);
            filled += written;
            if (status != OperationStatus.InvalidData)
            {
                buffer[filled] = 0;
                return;
            }
            filled += EncodeSurrogate(path[read], buffer[filled..]);
            path = path[(read + 1)..];
        }
    }

    internal static int BytesFor(int length) => length * BytesPerCharMax + 1;

    private static int EncodeSurrogate(char surrogate, Span<byte> buffer)
    {
        if (surrogate is >= FirstEscape and <= LastEscape)
        {
            buffer[0] = (byte)(surrogate - FirstEscape + 0x80);
            return 1;
        }
        return Rune.ReplacementChar.EncodeToUtf8(buffer);
    }

    /// <summary>Passes paths to system calls, without allocating for ordinary lengths.</summary>
    internal ref struct ToNative
    {
        private byte* allocated;
        private byte* start;

        public static int BufferSize => 768;

        public void FromManaged(string path, Span<byte> buffer)
        {
            if (path.Contains('\0', StringComparison.Ordinal))
            {
                // It would cut the path short and name something else.
                throw new FileSystemException(
                    FileSystemError.Other, "use", path.Replace('\0', '?'), "there is a null character in it");
            }
            var size = BytesFor(path.Length);
            if (size > buffer.Length)
            {
                allocated = (byte*)NativeMemory.Alloc((nuint)size);
                buffer = new Span<byte>(allocated, size);
            }
            Encode(path, buffer);
            // The buffer is on the stack or native: it does not move.
            start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
        }

        public readonly byte* ToUnmanaged() => start;

        public readonly void Free() => NativeMemory.Free(allocated);
    }
}
