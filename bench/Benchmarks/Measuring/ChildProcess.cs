using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>
/// A child started without a shell or thread between, so that milliseconds are the child's: the clock runs from the call
/// that makes it to the kernel's word that it ended.
/// </summary>
internal sealed unsafe class ChildProcess : IDisposable
{
    // Longer than the slowest installation over the slowest link.
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(10);

    private const int LinesQuoted = 4;

    private readonly Command command;
    private readonly SafeFileHandle output;
    private readonly int pid;
    private readonly long startedAt;
    private bool isReaped;

    private ChildProcess(Command command)
    {
        this.command = command;
        // In memory: truncating a file on disk would make the file system write.
        output = new SafeFileHandle(Native.CreateMemoryFile("output", 0), ownsHandle: true);
        if (output.IsInvalid)
        {
            throw new BenchmarkException(
                $"no file in memory for what '{command}' prints: error {Marshal.GetLastPInvokeError()}");
        }
        using var spawn = new SpawnArguments(command, output);
        startedAt = Stopwatch.GetTimestamp();
        pid = spawn.Start();
    }

    internal static ChildProcess Start(Command command) => new(command);

    /// <summary>Runs to the end; whatever the exit code is.</summary>
    internal static Execution Run(Command command, CancellationToken cancellation, bool isMemoryWatched = false)
    {
        using var child = Start(command);
        using var memory = isMemoryWatched ? new MemoryWatch(child.pid) : null;
        var execution = child.Wait(cancellation);
        return memory is null ? execution : execution with { PeakBytes = memory.FindPeak(execution.PeakBytes) };
    }

    /// <summary>Runs to the end, which must be a success: a failed command's time means nothing.</summary>
    internal static Execution RunToSuccess(
        Command command, CancellationToken cancellation, bool isMemoryWatched = false)
    {
        var execution = Run(command, cancellation, isMemoryWatched);
        if (execution.ExitCode == 0)
        {
            return execution;
        }
        var lastLines = string.Join(" / ", execution.Output.Trim().Split('\n').TakeLast(LinesQuoted));
        throw new BenchmarkException($"'{command}' ended with {execution.ExitCode}: {lastLines}");
    }

    internal string ReadOutput()
    {
        var bytes = new byte[RandomAccess.GetLength(output)];
        var count = RandomAccess.Read(output, bytes, 0);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    private Execution Wait(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RunMax);
        long endedAt;
        // The pid stays ours until it is reaped, so nobody else can be hit.
        using (limit.Token.Register(KillGroup))
        {
            WaitForEnd();
            endedAt = Stopwatch.GetTimestamp();
        }
        var (exitCode, usage) = Reap();
        cancellation.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested)
        {
            throw new BenchmarkException($"'{command}' did not end within {RunMax.TotalMinutes} minutes");
        }
        return new Execution(
            Stopwatch.GetElapsedTime(startedAt, endedAt), usage.PeakKibibytes * 1024, exitCode, ReadOutput());
    }

    private void WaitForEnd()
    {
        var information = stackalloc byte[Native.OpaqueBytes];
        while (Native.WaitId(Native.WaitForPid, pid, information, Native.WaitExited | Native.WaitLeaveZombie) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Native.Interrupted)
            {
                throw new BenchmarkException($"cannot wait for '{command}': error {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    private (int ExitCode, Native.ResourceUsage Usage) Reap()
    {
        if (Native.Wait4(pid, out var status, 0, out var usage) != pid)
        {
            throw new BenchmarkException($"cannot reap '{command}': error {Marshal.GetLastPInvokeError()}");
        }
        isReaped = true;
        var signal = status & 0x7f;
        return (signal == 0 ? status >> 8 & 0xff : 128 + signal, usage);
    }

    private void KillGroup() => _ = Native.SendSignal(-pid, Native.Kill);

    public void Dispose()
    {
        if (!isReaped)
        {
            KillGroup();
            WaitForEnd();
            _ = Reap();
        }
        output.Dispose();
    }

    /// <summary>The memory that a spawn needs, so that none of it is allocated while the clock runs.</summary>
    private sealed class SpawnArguments : IDisposable
    {
        private readonly List<nint> strings = [];
        private readonly Command command;
        private readonly byte* program;
        private readonly byte** arguments;
        private readonly byte** environment;
        private readonly byte* actions;
        private readonly byte* attributes;

        internal SpawnArguments(Command command, SafeFileHandle output)
        {
            this.command = command;
            program = (byte*)AddText(command.Program);
            arguments = AddTexts([command.Program, .. command.Arguments]);
            environment = AddTexts([.. command.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
            actions = (byte*)AddMemory(Native.OpaqueBytes);
            attributes = (byte*)AddMemory(Native.OpaqueBytes);
            _ = Native.InitializeActions(actions);
            _ = Native.AddOpen(actions, 0, "/dev/null", 0, 0);
            _ = Native.AddDuplicate(actions, (int)output.DangerousGetHandle(), 1);
            _ = Native.AddDuplicate(actions, (int)output.DangerousGetHandle(), 2);
            _ = Native.AddChangeDirectory(actions, command.Directory);

            // .NET ignores SIGPIPE, and children would inherit that.
            var signals = (byte*)AddMemory(Native.OpaqueBytes);
            _ = Native.EmptySignals(signals);
            _ = Native.AddSignal(signals, Native.BrokenPipe);
            _ = Native.InitializeAttributes(attributes);
            _ = Native.SetSignalDefaults(attributes, signals);
            _ = Native.SetProcessGroup(attributes, 0);
            _ = Native.SetFlags(attributes, Native.SpawnSetProcessGroup | Native.SpawnSetSignalDefaults);
        }

        internal int Start()
        {
            var error = Native.Spawn(out var pid, program, actions, attributes, arguments, environment);
            return error == 0
                ? pid
                : throw new BenchmarkException($"cannot start {command.Program} in {command.Directory}: error {error}");
        }

        private nint AddMemory(int bytes)
        {
            var memory = Marshal.AllocCoTaskMem(bytes);
            strings.Add(memory);
            return memory;
        }

        private nint AddText(string text)
        {
            var memory = Marshal.StringToCoTaskMemUTF8(text);
            strings.Add(memory);
            return memory;
        }

        private byte** AddTexts(IReadOnlyList<string> texts)
        {
            var pointers = (byte**)AddMemory((texts.Count + 1) * sizeof(nint));
            for (var index = 0; index < texts.Count; index++)
            {
                pointers[index] = (byte*)AddText(texts[index]);
            }
            pointers[texts.Count] = null;
            return pointers;
        }

        public void Dispose()
        {
            _ = Native.DestroyActions(actions);
            _ = Native.DestroyAttributes(attributes);
            strings.ForEach(Marshal.FreeCoTaskMem);
        }
    }
}
