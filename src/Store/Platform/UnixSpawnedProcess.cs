using System.Collections;
using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>
/// Programs started by posix_spawn. .NET's Process would hand down to one that outlives us what is open, and brings
/// threads, pipes and sockets along, which costs each start of a proxy.
/// </summary>
internal static unsafe class UnixSpawnedProcess
{
    private const int FirstOrdinaryDescriptor = 3;

    // Flags of posix_spawn; the first has the same value everywhere.
    private const short SetDefaultSignals = 0x04;
    private const short NewSession = 0x80;
    private const short MacNewSession = 0x400;
    private const short MacCloseEverything = 0x4000;

    // Larger than the structures of glibc (80, 336 and 128 bytes), musl and macOS.
    private const int ActionsBytes = 512;
    private const int AttributesBytes = 1024;
    private const int SignalsBytes = 256;

    /// <summary>Starts a program that outlives us.</summary>
    internal static void StartDetached(string program, IReadOnlyList<string> arguments) => Start(program, arguments, isDetached: true);

    /// <summary>Runs a program with our standard streams to its end; its exit code, or 128 and the signal that ended it.</summary>
    internal static int RunToEnd(string program, IReadOnlyList<string> arguments)
    {
        var processId = Start(program, arguments, isDetached: false);
        var status = 0;
        while (UnixNative.WaitForProcess(processId, &status, options: 0) < 0)
        {
            var number = Marshal.GetLastPInvokeError();
            if (number != UnixErrors.Interrupted)
            {
                throw UnixErrors.From(number, "wait for", program);
            }
        }
        // The layout of wait's status is the same on all of them: a signal in the low seven bits, else the exit code.
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Starts a program with all that it would have if we became it; its number.</summary>
    internal static int StartInPlace(string program, IReadOnlyList<byte[]> arguments)
    {
        using var vector = new NativeStrings(program, arguments);
        return Start(program, vector, UnixNative.ListEnvironment(), isDetached: false);
    }

    private static int Start(string program, IReadOnlyList<string> arguments, bool isDetached)
    {
        using var vector = new NativeStrings([program, .. arguments]);
        using var environment = new NativeStrings(EnvironmentLines());
        return Start(program, vector, environment.Pointer, isDetached);
    }

    private static int Start(string program, NativeStrings vector, byte** environment, bool isDetached)
    {
        var actions = (nint)NativeMemory.AllocZeroed(ActionsBytes);
        var attributes = (nint)NativeMemory.AllocZeroed(AttributesBytes);
        try
        {
            Check(UnixNative.InitializeFileActions(actions), program);
            Check(UnixNative.InitializeAttributes(attributes), program);
            SetSignalsAndSession(attributes, program, isDetached);
            if (isDetached)
            {
                TakeNothingAlong(actions, program);
            }
            int processId;
            Check(
                UnixNative.Spawn(&processId, program, actions, attributes, vector.Pointer, environment),
                program);
            return processId;
        }
        finally
        {
            UnixNative.DestroyFileActions(actions);
            UnixNative.DestroyAttributes(attributes);
            NativeMemory.Free((void*)actions);
            NativeMemory.Free((void*)attributes);
        }
    }

    private static void SetSignalsAndSession(nint attributes, string program, bool isDetached)
    {
        // .NET ignores SIGPIPE, and what is ignored stays so in what we start.
        const int BrokenPipe = 13;
        var signals = stackalloc byte[SignalsBytes];
        UnixNative.EmptySignals(signals);
        UnixNative.AddSignal(signals, BrokenPipe);
        Check(UnixNative.SetDefaultSignals(attributes, signals), program);
        var flags = !isDetached ? 0 : UnixNative.IsMac ? MacNewSession | MacCloseEverything : NewSession;
        Check(UnixNative.SetAttributeFlags(attributes, (short)(flags | SetDefaultSignals)), program);
    }

    /// <summary>A lease, ours or an ancestor's, must not reach what outlives us; we ourselves keep it.</summary>
    private static void TakeNothingAlong(nint actions, string program)
    {
        Check(UnixNative.AddOpenAction(actions, 0, "/dev/null", UnixNative.ReadOnly, 0), program);
        Check(UnixNative.AddOpenAction(actions, 1, "/dev/null", UnixNative.WriteOnly, 0), program);
        Check(UnixNative.AddOpenAction(actions, 2, "/dev/null", UnixNative.WriteOnly, 0), program);
        if (UnixNative.IsMac)
        {
            return;
        }
        foreach (var entry in UnixDirectory.List("/proc/self/fd"))
        {
            if (int.TryParse(entry.Name, out var descriptor)
                && descriptor >= FirstOrdinaryDescriptor
                && SurvivesExec(descriptor))
            {
                Check(UnixNative.AddCloseAction(actions, descriptor), program);
            }
        }
    }

    private static bool SurvivesExec(int descriptor)
    {
        const int GetFlags = 1, CloseOnExec = 1;
        var flags = UnixNative.Control(descriptor, GetFlags, 0);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    private static List<string> EnvironmentLines()
    {
        var lines = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            lines.Add($"{variable.Key}={variable.Value}");
        }
        return lines;
    }

    private static void Check(int number, string program)
    {
        if (number != 0)
        {
            throw UnixErrors.From(number, "start", program);
        }
    }

    /// <summary>A null-terminated vector of null-terminated strings, encoded like paths.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int count;

        /// <summary>A program, and arguments that are encoded already.</summary>
        internal NativeStrings(string program, IReadOnlyList<byte[]> arguments)
            : this([program, .. arguments.Select(static _ => "")])
        {
            for (var index = 1; index < count; index++)
            {
                var argument = arguments[index - 1];
                Pointer[index] = (byte*)NativeMemory.Realloc(Pointer[index], (nuint)argument.Length + 1);
                argument.CopyTo(new Span<byte>(Pointer[index], argument.Length));
                Pointer[index][argument.Length] = 0;
            }
        }

        internal NativeStrings(IReadOnlyList<string> strings)
        {
            count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                var size = UnixPath.BytesFor(strings[index].Length);
                Pointer[index] = (byte*)NativeMemory.Alloc((nuint)size);
                UnixPath.Encode(strings[index], new Span<byte>(Pointer[index], size));
            }
        }

        internal byte** Pointer { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
            {
                NativeMemory.Free(Pointer[index]);
            }
            NativeMemory.Free(Pointer);
        }
    }
}
