using System.ComponentModel;
using System.Diagnostics;

namespace ToolchainStore.Platform;

/// <summary>How much of the machine this process claims.</summary>
public static class ProcessPriority
{
    /// <summary>Leaves the processor to whoever else wants it.</summary>
    public static void Lower()
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Win32Exception)
        {
            // Where the priority may not be changed the work is done at the ordinary one.
        }
    }
}
