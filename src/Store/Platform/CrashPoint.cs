using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Platform;

/// <summary>
/// The named places where tests stop or end the process: around each step after which a crash leaves another state.
/// The simulator passes every one of them; a source test compares.
/// </summary>
public static class CrashPoint
{
    public const string BeforeCommit = "journal/before-commit";
    public const string AfterCommit = "journal/after-commit";
    public const string OperationLocked = "operation/after-lock";
    public const string DownloadBegun = "download/after-first-bytes";
    public const string BeforeDownloadNamed = "download/before-rename";
    public const string AfterDownloadNamed = "download/after-rename";
    public const string ComponentUnpacked = "install/after-unpack";
    public const string BeforeSync = "install/before-sync";
    public const string BeforePublish = "install/before-publish";
    public const string DeferredUnpacked = "unpack/after-unpack";
    public const string BeforePublishRename = "publish/before-rename";
    public const string AfterPublishRename = "publish/after-rename";
    public const string BeforeViewChange = "view/before-link";
    public const string AfterViewChange = "view/after-link";
    public const string BeforeExport = "settings/before-rename";
    public const string AfterExport = "settings/after-rename";
    public const string OperationsAborted = "recovery/after-abort";
    public const string StagingSwept = "recovery/after-sweep";
    public const string ProcessesSeen = "collect/after-processes-seen";
    public const string TreeDoomed = "collect/after-tree-doomed";
    public const string BeforeTreeDiscarded = "collect/before-tree-discarded";
    public const string AfterTreeDiscarded = "collect/after-tree-discarded";
    public const string ComponentDoomed = "collect/after-component-doomed";
    public const string BeforeTrashEmptied = "collect/before-trash-emptied";

    // Of a proxy, and of `rustup run`: between the first lookup, the lease, and the second lookup.
    public const string ToolchainFound = "lease/after-lookup";
    public const string LeaseTaken = "lease/after-lock";

    // Of rustup-init, which works outside the store.
    public const string ProgramsStaged = "setup/after-copy";
    public const string ProgramsPublished = "setup/after-rename";
    public const string ProgramsCurrent = "setup/after-current";
    public const string ProgramNamed = "setup/after-link";
    public const string ProfileRecorded = "setup/after-record";
    public const string HomeRemoved = "uninstall/after-home";
    public const string ProfilesRestored = "uninstall/after-profiles";
    public const string NamesRemoved = "uninstall/after-names";

    /// <summary>Which point to end, stop or throw at: <c>NAME=kill</c>, <c>NAME=stop</c>, <c>NAME=throw</c>, <c>NAME@3=stop</c> for the third time. For tests.</summary>
    public const string Variable = "RUSTUP_STORE_CRASH_POINT";

    /// <summary>What this process was told to do at one of the points; usually nothing.</summary>
    internal static Action<string> FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('=') is not [var place, var action])
        {
            return static _ => { };
        }
        var parts = place.Split('@');
        var remaining = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        return name =>
        {
            if (name == parts[0] && Interlocked.Decrement(ref remaining) == 0)
            {
                if (action == "throw")
                {
                    throw new InvalidOperationException($"thrown at {name}");
                }
                End(isStop: action == "stop");
            }
        };
    }

    private static void End(bool isStop)
    {
        if (OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            return;
        }
        const int Kill = 9, Stop = 19, StopOnMac = 17;
        var signal = !isStop ? Kill : UnixNative.IsMac ? StopOnMac : Stop;
        UnixNative.SendSignal(Environment.ProcessId, signal);
    }
}
