using System.Diagnostics;

namespace ToolchainStore.Platform;

/// <summary>Ctrl-C reaches every process of a console by itself; nobody can be asked to end. Untested.</summary>
internal sealed class WindowsToolProcess(string program, IReadOnlyList<string> arguments) : IToolProcess
{
    private readonly Process process = Process.Start(new ProcessStartInfo(program, arguments))
        ?? throw new FileSystemException(FileSystemError.Other, "run", program, "no process was started");

    public void AskToEnd()
    {
    }

    public void Kill()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    public int WaitAndFollow()
    {
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose() => process.Dispose();
}
