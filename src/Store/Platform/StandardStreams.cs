using System.Text;

namespace ToolchainStore.Platform;

/// <summary>Descriptors 0, 1 and 2, whatever the caller made of them.</summary>
public static class StandardStreams
{
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

    /// <summary>What came through exec is open and not to be closed by exec; what the runtime opens is.</summary>
    private static bool IsInherited(int descriptor)
    {
        const int GetFlags = 1, CloseOnExec = 1;
        var flags = UnixNative.Control(descriptor, GetFlags, 0);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }
}
