using System.Collections;
using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>A program that outlives us, started by posix_spawn: .NET's Process would hand down what is open.</summary>
internal static unsafe class UnixDetachedProcess
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

    internal static void Start(string program, IReadOnlyList<string> arguments)
    {
        var actions = (nint)NativeMemory.AllocZeroed(ActionsBytes);
        var attributes = (nint)NativeMemory.AllocZeroed(AttributesBytes);
        using var vector = new NativeStrings([program, .. arguments]);
        using var environment = new NativeStrings(EnvironmentLines());
        try
        {
            Check(UnixNative.InitializeFileActions(actions), program);
            Check(UnixNative.InitializeAttributes(attributes), program);
            LeaveOurSession(attributes, program);
            TakeNothingAlong(actions, program);
            int processId;
            Check(
                UnixNative.Spawn(&processId, program, actions, attributes, vector.Pointer, environment.Pointer),
                program);
        }
        finally
        {
            UnixNative.DestroyFileActions(actions);
            UnixNative.DestroyAttributes(attributes);
            NativeMemory.Free((void*)actions);
            NativeMemory.Free((void*)attributes);
        }
    }

    private static void LeaveOurSession(nint attributes, string program)
    {
        // .NET ignores SIGPIPE, and what is ignored stays so in what we start.
        const int BrokenPipe = 13;
        var signals = stackalloc byte[SignalsBytes];
        UnixNative.EmptySignals(signals);
        UnixNative.AddSignal(signals, BrokenPipe);
        Check(UnixNative.SetDefaultSignals(attributes, signals), program);
        var flags = UnixNative.IsMac ? MacNewSession | MacCloseEverything : NewSession;
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
