using System.Diagnostics;
using System.Globalization;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>What happens to a command while it runs.</summary>
internal abstract record Disturbance
{
    private Disturbance()
    {
    }

    /// <summary>How people read it behind the command.</summary>
    internal abstract string Text { get; }

    /// <summary>Whether it may end the command.</summary>
    internal virtual bool Kills => true;

    internal virtual void Prepare(ProcessStartInfo start)
    {
    }

    internal virtual void Disturb(Process process)
    {
    }

    /// <summary>It is left alone.</summary>
    internal sealed record None : Disturbance
    {
        internal override string Text => "";

        internal override bool Kills => false;
    }

    /// <summary>It is killed after a time, unless it has ended by then.</summary>
    internal sealed record KilledAfter(TimeSpan Time) : Disturbance
    {
        internal override string Text => $" (to be killed after {Time.TotalMilliseconds:0} ms)";

        internal override void Disturb(Process process)
        {
            if (!process.WaitForExit(Time))
            {
                process.Kill();
            }
        }
    }

    /// <summary>It kills itself at a named point, if it comes there so many times.</summary>
    internal sealed record KilledAt(string Point, int Times) : Disturbance
    {
        internal override string Text => $" (to be killed at {Point}, time {Times})";

        internal override void Prepare(ProcessStartInfo start) =>
            start.Environment[CrashPoint.Variable] = $"{Point}@{Times}=kill";
    }

    /// <summary>It stops at a named point, if it comes there so many times, and goes on after a time: others overtake it.</summary>
    internal sealed record PausedAt(string Point, int Times, TimeSpan Time) : Disturbance
    {
        private static readonly TimeSpan look = TimeSpan.FromMilliseconds(5);

        internal override string Text => $" (to pause for {Time.TotalMilliseconds:0} ms at {Point}, time {Times})";

        internal override bool Kills => false;

        internal override void Prepare(ProcessStartInfo start)
        {
            start.Environment[CrashPoint.Variable] = $"{Point}@{Times}=stop";
            // A collection in the background would inherit the variable, and nobody would wake it.
            start.Environment["RUSTUP_STORE_BACKGROUND"] = "0";
        }

        internal override void Disturb(Process process)
        {
            while (!process.WaitForExit(look))
            {
                if (IsStopped(process.Id))
                {
                    Thread.Sleep(Time);
                    using var wake = Process.Start("kill", ["-CONT", process.Id.ToString(CultureInfo.InvariantCulture)]);
                    wake.WaitForExit();
                    return;
                }
            }
        }

        private static bool IsStopped(int process)
        {
            try
            {
                // The state follows the name, which is in parentheses and may hold anything.
                var status = File.ReadAllText($"/proc/{process}/stat");
                return status[status.LastIndexOf(')') + 2] == 'T';
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
