using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Loads a native library from bytes instead of from a file beside the program.</summary>
public static class ForeignLibrary
{
    /// <remarks>
    /// On Linux from memory, so that nothing has to be cleaned up and a temp directory mounted without execution does not
    /// matter; elsewhere from a temporary file, which is removed at once where a loaded one can be.
    /// </remarks>
    public static nint Load(string name, byte[] content)
    {
        if (!OperatingSystem.IsLinux())
        {
            return LoadFromTemporaryFile(name, content);
        }
        var descriptor = LinuxNative.CreateMemoryFile(name, flags: 0);
        if (descriptor < 0)
        {
            return LoadFromTemporaryFile(name, content);
        }
        // Left open: the loader may come back to its path.
        var path = $"/proc/self/fd/{descriptor}";
        File.WriteAllBytes(path, content);
        return NativeLibrary.Load(path);
    }

    private static nint LoadFromTemporaryFile(string name, byte[] content)
    {
        var directory = Directory.CreateTempSubdirectory("toolchain-store-").FullName;
        var path = Path.Combine(directory, name);
        File.WriteAllBytes(path, content);
        var library = NativeLibrary.Load(path);
        if (!OperatingSystem.IsWindows())
        {
            Directory.Delete(directory, recursive: true);
        }
        return library;
    }
}
