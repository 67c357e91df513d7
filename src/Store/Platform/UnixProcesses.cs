using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ToolchainStore.Platform;

/// <summary>Processes of Linux and macOS.</summary>
internal sealed unsafe class UnixProcesses : IProcesses
{
    private const int FirstOrdinaryDescriptor = 3;

    public int CurrentId => Environment.ProcessId;

    public string HostName => Environment.MachineName;

    public ProcessResult Capture(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = StartOrExplain(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            return new ProcessResult(-1, "", TimedOut: true);
        }
        // A grandchild may keep the pipe open after its parent ended; what came so far is the answer.
        var isComplete = Task.WaitAll([output, errors], timeout);
        return new ProcessResult(process.ExitCode, isComplete ? output.Result : "", TimedOut: !isComplete);
    }

    public void StartDetached(string program, IReadOnlyList<string> arguments)
    {
        CloseEverythingOnExec();
        const short NewSession = 0x80;
        const short MacNewSession = 0x400;
        // Larger than the structures of glibc (80 and 336 bytes), musl and macOS.
        var actions = (nint)NativeMemory.AllocZeroed(512);
        var attributes = (nint)NativeMemory.AllocZeroed(1024);
        using var vector = new NativeStrings([program, .. arguments]);
        using var environment = new NativeStrings(EnvironmentLines());
        try
        {
            UnixNative.InitializeFileActions(actions);
            UnixNative.InitializeAttributes(attributes);
            UnixNative.SetAttributeFlags(attributes, UnixNative.IsMac ? MacNewSession : NewSession);
            UnixNative.AddOpenAction(actions, 0, "/dev/null", UnixNative.ReadOnly, 0);
            UnixNative.AddOpenAction(actions, 1, "/dev/null", UnixNative.WriteOnly, 0);
            UnixNative.AddOpenAction(actions, 2, "/dev/null", UnixNative.WriteOnly, 0);
            int processId;
            var number = UnixNative.Spawn(
                &processId, program, actions, attributes, vector.Pointer, environment.Pointer);
            if (number != 0)
            {
                throw UnixErrors.From(number, "start", program);
            }
        }
        finally
        {
            UnixNative.DestroyFileActions(actions);
            UnixNative.DestroyAttributes(attributes);
            NativeMemory.Free((void*)actions);
            NativeMemory.Free((void*)attributes);
        }
    }

    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file)
    {
        var holders = new List<FileHolder>();
        if (!Directory.Exists("/proc/self/fd"))
        {
            return holders;
        }
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out var id) && HasOpen(process, file))
            {
                holders.Add(new FileHolder(id, NameOf(process)));
            }
        }
        return holders;
    }

    private static bool HasOpen(string process, FileIdentity file)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => Machine.Host.Files.TargetStatus(descriptor)?.Identity == file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or StoreException)
        {
            // The process ended, or belongs to another user: it is simply not named.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return "a process that ended";
        }
    }

    private static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw UnixErrors.From(refused.NativeErrorCode, "run", start.FileName);
        }
    }

    /// <summary>A lease that an ancestor handed down must not reach what outlives us.</summary>
    private static void CloseEverythingOnExec()
    {
        const int GetFlags = 1, SetFlags = 2, CloseOnExecFlag = 1;
        foreach (var entry in Directory.EnumerateFileSystemEntries(UnixNative.IsMac ? "/dev/fd" : "/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out var descriptor)
                && descriptor >= FirstOrdinaryDescriptor
                && UnixNative.Control(descriptor, GetFlags, 0) >= 0)
            {
                UnixNative.Control(descriptor, SetFlags, CloseOnExecFlag);
            }
        }
    }

    private static List<string> EnvironmentLines()
    {
        var lines = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            lines.Add($"{variable.Key}={variable.Value}");
        }
        return lines;
    }

    /// <summary>A null-terminated vector of null-terminated UTF-8 strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int count;

        internal NativeStrings(IReadOnlyList<string> strings)
        {
            count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                Pointer[index] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[index]);
            }
        }

        internal byte** Pointer { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
            {
                Marshal.FreeCoTaskMem((nint)Pointer[index]);
            }
            NativeMemory.Free(Pointer);
        }
    }
}
