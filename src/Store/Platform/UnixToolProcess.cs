using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>
/// A child in our process group, so that the terminal's signals (Ctrl-C, Ctrl-\, Ctrl-Z) reach it by themselves; what
/// is sent to us alone is passed on. What was ignored when we were started stays so, for us and for it.
/// </summary>
/// <remarks>Not stopped by us: a child whose parent is ended by SIGKILL goes on, with its lease.</remarks>
internal sealed unsafe class UnixToolProcess : IToolProcess
{
    private const int HangUp = 1, Interrupt = 2, Quit = 3, KillSignal = 9, Alarm = 14, Terminate = 15;
    private const nint Ignored = 1;

    // Larger than struct sigaction and siginfo_t of any of them.
    private const int SignalActionBytes = 256;
    private const int InformationBytes = 256;

    private readonly Lock gate = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly int processId;
    private bool wasAsked;
    private bool hasEnded;

    internal UnixToolProcess(string program, IReadOnlyList<byte[]> arguments)
    {
        // Nothing is passed on before there is somebody to pass it on to, and nothing that comes meanwhile ends us alone.
        using var starting = gate.EnterScope();
        // The terminal sends these to the child as well: we wait for what it makes of them.
        Handle(Interrupt, static () => { });
        Handle(Quit, static () => { });
        foreach (var signal in new[] { HangUp, Terminate, FirstOfUser, SecondOfUser, Alarm, Continue })
        {
            Handle(signal, () => Send(signal));
        }
        processId = UnixSpawnedProcess.StartInPlace(program, arguments);
    }

    private static int FirstOfUser => UnixNative.IsMac ? 30 : 10;

    private static int SecondOfUser => UnixNative.IsMac ? 31 : 12;

    // A tool that stopped itself is woken by whoever knows only its proxy.
    private static int Continue => UnixNative.IsMac ? 19 : 18;

    public void AskToEnd()
    {
        if (!wasAsked)
        {
            Send(Terminate);
        }
    }

    public void Kill() => Send(KillSignal);

    public int WaitAndFollow()
    {
        const int ById = 1, Exited = 4;
        var leaveToBeReaped = UnixNative.IsMac ? 0x20 : 0x1000000;
        // Until it is reaped its number is nobody else's.
        var information = stackalloc byte[InformationBytes];
        while (UnixNative.WaitForState(ById, (uint)processId, information, Exited | leaveToBeReaped) < 0)
        {
            ThrowUnlessInterrupted();
        }
        int status;
        lock (gate)
        {
            hasEnded = true;
            while (UnixNative.WaitForProcess(processId, &status, options: 0) < 0)
            {
                ThrowUnlessInterrupted();
            }
        }
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : DieOf(signal);
    }

    public void Dispose() => registrations.ForEach(static registration => registration.Dispose());

    private static void ThrowUnlessInterrupted()
    {
        var number = Marshal.GetLastPInvokeError();
        if (number != UnixErrors.Interrupted)
        {
            throw UnixErrors.From(number, "wait for", "the tool");
        }
    }

    private void Handle(int signal, Action act)
    {
        var current = stackalloc byte[SignalActionBytes];
        if (UnixNative.ExamineSignal(signal, replacement: 0, current) == 0 && *(nint*)current == Ignored)
        {
            // As under nohup: a handler here would be no handler in the child, which would die of it then.
            return;
        }
        registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
        {
            context.Cancel = true;
            act();
        }));
    }

    private void Send(int signal)
    {
        lock (gate)
        {
            if (!hasEnded)
            {
                wasAsked |= signal == Terminate;
                UnixNative.SendSignal(processId, signal);
            }
        }
    }

    /// <summary>Whoever waits for us sees what it would have seen of the child.</summary>
    private int DieOf(int signal)
    {
        const int SetDumpable = 4, FirstOfShells = 128;
        Dispose();
        if (OperatingSystem.IsLinux())
        {
            // The core that is worth a look is the child's.
            LinuxNative.ControlProcess(SetDumpable, 0, 0, 0, 0);
        }
        UnixNative.SetSignalAction(signal, UnixNative.DefaultSignalAction);
        UnixNative.SendSignal(Environment.ProcessId, signal);
        // Not reached where the signal can be delivered.
        return FirstOfShells + signal;
    }
}
