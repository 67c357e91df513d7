using System.Runtime.InteropServices;
using System.Text;

namespace ToolchainStore.Platform;

/// <summary>Descriptors 0, 1 and 2, whatever the caller made of them.</summary>
public static class StandardStreams
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    /// <summary>
    /// Where the caller closed one of them, the next file opened got its number and would be written to as the standard
    /// output. The runtime has opened files by now, so the program starts once more, with /dev/null in the gaps.
    /// </summary>
    public static void EnsureOpen()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        List<int> gaps = [.. Enumerable.Range(0, StandardError + 1).Where(descriptor => !IsInherited(descriptor))];
        if (gaps.Count == 0 || Environment.ProcessPath is not { } program)
        {
            return;
        }
        var nothing = UnixNative.Open("/dev/null", UnixNative.ReadWrite, mode: 0);
        foreach (var descriptor in gaps.Where(descriptor => descriptor != nothing))
        {
            UnixNative.Duplicate(nothing, descriptor);
        }
        if (nothing > StandardError)
        {
            UnixNative.Close(nothing);
        }
        var arguments = ProcessImage.ReadArguments();
        ProcessImage.Become(
            program, [.. arguments.Skip(1)], searchesPath: false, calledAs: Encoding.UTF8.GetString(arguments[0]));
    }

    /// <summary>Whether standard error is shown to somebody as it comes.</summary>
    /// <remarks>Console knows that too, and brings the database of terminals along, which costs each start of a proxy.</remarks>
    public static bool IsErrorTerminal => OperatingSystem.IsWindows()
        ? !Console.IsErrorRedirected
        : UnixNative.IsTerminal(StandardError) != 0;

    /// <summary>Not Console's streams: whoever uses those writes a terminal the codes of its keypad mode, which are no output.</summary>
    public static Stream OpenInput() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardInput() : new UnixStandardStream(StandardInput);

    /// <inheritdoc cref="OpenInput"/>
    public static Stream OpenOutput() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new UnixStandardStream(StandardOutput);

    /// <inheritdoc cref="OpenInput"/>
    public static Stream OpenError() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardError() : new UnixStandardStream(StandardError);

    /// <summary>Columns and rows of the terminal that standard output is, as of now; zero what it does not know, or is none.</summary>
    public static unsafe (int Columns, int Rows) MeasureTerminal()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.IsOutputRedirected ? (0, 0) : (Console.WindowWidth, Console.WindowHeight);
        }
        UnixNative.TerminalSize size;
        return UnixNative.ReadTerminalSize(StandardOutput, &size) == 0 ? (size.Columns, size.Rows) : (0, 0);
    }

    /// <summary>Writes to standard error, as much as it takes; nobody there is no error.</summary>
    public static unsafe void WriteError(ReadOnlySpan<byte> text)
    {
        if (OperatingSystem.IsWindows())
        {
            using var error = Console.OpenStandardError();
            error.Write(text);
            return;
        }
        fixed (byte* start = text)
        {
            nint written = 0;
            while (written < text.Length)
            {
                var count = UnixNative.WriteStream(StandardError, start + written, text.Length - written);
                if (count < 0 && Marshal.GetLastPInvokeError() != UnixErrors.Interrupted)
                {
                    return;
                }
                written += Math.Max(count, 0);
            }
        }
    }

    /// <summary>What came through exec is open and not to be closed by exec; what the runtime opens is.</summary>
    private static bool IsInherited(int descriptor)
    {
        const int GetFlags = 1, CloseOnExec = 1;
        var flags = UnixNative.Control(descriptor, GetFlags, 0);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }
}
