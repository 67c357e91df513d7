using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ToolchainStore.Platform;

/// <summary>
/// This process's own program, arguments and environment, byte for byte: arguments and variables need not be UTF-8,
/// and what becomes another program must hand them on unchanged.
/// </summary>
public static unsafe class ProcessImage
{
    private const int LongestCommandLine = 1 << 22;

    /// <summary>argv as the kernel has it, argv[0] included.</summary>
    public static IReadOnlyList<byte[]> ReadArguments()
    {
        if (OperatingSystem.IsLinux() && TryReadKernelArguments() is { } arguments)
        {
            return arguments;
        }
        return [.. Environment.GetCommandLineArgs().Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The value of a variable as bytes; null if it is unset or empty.</summary>
    public static byte[]? ReadVariable(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null;
        }
        var value = UnixNative.GetEnvironment(name);
        return value is null || *value == 0
            ? null
            : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(value).ToArray();
    }

    /// <summary>Sets a variable for the programs this process becomes or starts by <see cref="Become"/>.</summary>
    public static void SetVariable(string name, ReadOnlySpan<byte> value)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, Encoding.UTF8.GetString(value));
            return;
        }
        fixed (byte* nativeName = NullTerminated(Encoding.UTF8.GetBytes(name)))
        fixed (byte* nativeValue = NullTerminated(value))
        {
            UnixNative.SetEnvironment(nativeName, nativeValue, overwrite: 1);
        }
    }

    public static void SetVariable(string name, string value) => SetVariable(name, Encoding.UTF8.GetBytes(value));

    /// <summary>As <see cref="SetVariable(string, string)"/>: they do not find it.</summary>
    public static void RemoveVariable(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, null);
            return;
        }
        UnixNative.UnsetEnvironment(name);
    }

    /// <summary>Puts a directory in front of a list of paths unless the list holds it already.</summary>
    public static void PrependPath(string name, string directory)
    {
        var added = Encoding.UTF8.GetBytes(directory);
        var current = ReadVariable(name);
        if (current is null)
        {
            SetVariable(name, added);
        }
        else if (!Lists(current, added))
        {
            SetVariable(name, [.. added, (byte)Path.PathSeparator, .. current]);
        }
    }

    /// <summary>Whether a list of paths holds a directory.</summary>
    public static bool HasPath(string name, string directory) =>
        ReadVariable(name) is { } current && Lists(current, Encoding.UTF8.GetBytes(directory));

    private static bool Lists(ReadOnlySpan<byte> paths, ReadOnlySpan<byte> directory)
    {
        foreach (var range in paths.Split((byte)Path.PathSeparator))
        {
            if (IsSamePath(paths[range], directory))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether two paths name the same by their words: slashes that say nothing do not count.</summary>
    private static bool IsSamePath(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        const byte Slash = (byte)'/';
        if (one.IsEmpty || other.IsEmpty || (one[0] == Slash) != (other[0] == Slash))
        {
            return one.SequenceEqual(other);
        }
        while (true)
        {
            one = one.TrimStart(Slash);
            other = other.TrimStart(Slash);
            var length = one.IndexOf(Slash) is >= 0 and var end ? end : one.Length;
            if (!other.StartsWith(one[..length]) || (other.Length > length && other[length] != Slash))
            {
                return false;
            }
            if (length == 0)
            {
                return other.IsEmpty;
            }
            one = one[length..];
            other = other[length..];
        }
    }

    /// <summary>
    /// Becomes another program: same process, same descriptors, so signals and the exit status are the program's own.
    /// On Windows, which has no exec, the program runs as a child whose exit code is returned.
    /// </summary>
    /// <param name="program">A path, or with <paramref name="searchesPath"/> a name to look for in PATH.</param>
    /// <param name="arguments">The arguments after argv[0], which is the program itself.</param>
    /// <param name="searchesPath">Whether PATH is searched.</param>
    /// <param name="calledAs">Another argv[0] than the program, for one that is what it is called.</param>
    /// <exception cref="FileSystemException">The program cannot be executed.</exception>
    public static int Become(
        string program, IReadOnlyList<byte[]> arguments, bool searchesPath, string? calledAs = null)
    {
        if (OperatingSystem.IsWindows())
        {
            return RunAsChild(program, [.. arguments.Select(Encoding.UTF8.GetString)]);
        }
        var path = NullTerminated(Encoding.UTF8.GetBytes(program));
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)(arguments.Count + 2), (nuint)sizeof(byte*));
        vector[0] = Copy(calledAs is null ? path : NullTerminated(Encoding.UTF8.GetBytes(calledAs)));
        for (var index = 0; index < arguments.Count; index++)
        {
            vector[index + 1] = Copy(NullTerminated(arguments[index]));
        }
        // The runtime ignores SIGPIPE, and exec would hand that on: `rustc … | head` must end as it does without us.
        UnixNative.SetSignalAction(UnixNative.BrokenPipeSignal, UnixNative.DefaultSignalAction);
        fixed (byte* nativePath = path)
        {
            _ = searchesPath
                ? UnixNative.ExecuteFromPath(nativePath, vector)
                : UnixNative.Execute(nativePath, vector);
        }
        throw UnixErrors.Last("execute", program);
    }

    /// <summary>Runs a program with our standard streams to its end.</summary>
    public static int RunAsChild(string program, IReadOnlyList<string> arguments)
    {
        if (!OperatingSystem.IsWindows())
        {
            return UnixSpawnedProcess.RunToEnd(program, arguments);
        }
        using var process = Process.Start(new ProcessStartInfo(program, arguments))
            ?? throw new FileSystemException(FileSystemError.Other, "run", program, "no process was started");
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Starts a program as a child in our place.</summary>
    /// <exception cref="FileSystemException">The program cannot be executed.</exception>
    public static IToolProcess StartInPlace(string program, IReadOnlyList<byte[]> arguments) => OperatingSystem.IsWindows()
        ? new WindowsToolProcess(program, [.. arguments.Select(Encoding.UTF8.GetString)])
        : new UnixToolProcess(program, arguments);

    private static List<byte[]>? TryReadKernelArguments()
    {
        if (Machine.HostFiles.Files.TryOpenRead("/proc/self/cmdline") is not { } file)
        {
            return null;
        }
        using (file)
        {
            var buffer = new byte[4096];
            var length = 0;
            int count;
            while ((count = file.Read(buffer.AsSpan(length), length)) > 0)
            {
                length += count;
                if (length == buffer.Length)
                {
                    if (length >= LongestCommandLine)
                    {
                        return null;
                    }
                    Array.Resize(ref buffer, length * 2);
                }
            }
            var arguments = new List<byte[]>();
            for (var start = 0; start < length;)
            {
                var end = Array.IndexOf(buffer, (byte)0, start, length - start);
                end = end < 0 ? length : end;
                arguments.Add(buffer[start..end]);
                start = end + 1;
            }
            return arguments;
        }
    }

    private static byte[] NullTerminated(ReadOnlySpan<byte> bytes) => [.. bytes, 0];

    private static byte* Copy(byte[] bytes)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }
}
