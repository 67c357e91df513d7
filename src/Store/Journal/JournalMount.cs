using ToolchainStore.Platform;

namespace ToolchainStore.Journal;

/// <summary>The file system that a journal is on: whether other machines may have it mounted, and what follows.</summary>
public sealed class JournalMount
{
    /// <summary>An NFS server that was restarted gives out no lock for 90 s (nfsd's grace period); other services take as long.</summary>
    private static readonly TimeSpan UnansweredLimit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan UnansweredNotice = TimeSpan.FromSeconds(2);

    private readonly Machine machine;
    private readonly string directory;
    private readonly VolumeDescription volume;
    private readonly NetworkNotice notice;

    private JournalMount(Machine machine, string directory, VolumeDescription volume, NetworkNotice notice)
    {
        this.machine = machine;
        this.directory = directory;
        this.volume = volume;
        this.notice = notice;
    }

    /// <summary>Whether other machines may write here at the same time.</summary>
    public bool IsNetwork => volume.Kind == VolumeKind.Network;

    /// <summary>How a journal that is made here works.</summary>
    public JournalMode DefaultMode => IsNetwork ? JournalMode.Rollback : JournalMode.WriteAheadLog;

    /// <summary>
    /// To be called before the first lock. On a network file system it says so, and from then on a request for a lock that is
    /// not answered ends the program with an error instead of hanging.
    /// </summary>
    /// <remarks>Cost: one <c>statfs</c>.</remarks>
    public static JournalMount Examine(Machine machine, StoreLayout layout, JournalPatience patience)
    {
        var mount = Of(machine, layout, patience.NetworkNotice);
        if (mount.IsNetwork)
        {
            patience.NetworkNotice.Say(patience.Notice, mount.Describe());
            if (patience.Abandon is { } abandon)
            {
                machine.Locks.Start(
                    UnansweredNotice,
                    path => patience.Notice($"waiting for the server's answer about the lock of '{path}'"),
                    UnansweredLimit,
                    (path, waited) => abandon(mount.Unanswered(path, waited)));
            }
        }
        return mount;
    }

    /// <summary>What to add to the error of a lock that did not come: nothing on a local file system.</summary>
    public static string Explain(Machine machine, StoreLayout layout) =>
        Of(machine, layout, NetworkNotice.FromEnvironment()).Explain();

    /// <summary>The mount with its server and options, the service that keeps its locks, and whether that was known before.</summary>
    public string Explain()
    {
        if (!IsNetwork)
        {
            return "";
        }
        var mount = machine.Files.FindMount(directory);
        var where = mount is null ? $"'{directory}' is on a network file system ({volume.TypeName})" : $"it is mounted on {mount.Describe()}";
        return $"\nnote: {where}"
            + $"\nhelp: {DescribeLockService(mount)}; `rustup store doctor` tries its locks"
            + $"\nnote: the notice about network file systems was {(notice.IsOff ? "off" : "on")} ({NetworkNotice.Variable})";
    }

    private static JournalMount Of(Machine machine, StoreLayout layout, NetworkNotice notice) =>
        new(machine, layout.Root, machine.Files.Describe(layout.Root), notice);

    private string Describe()
    {
        var source = machine.Files.FindMount(directory) is { } mount ? $"{mount.TypeName}, '{mount.Source}'" : volume.TypeName;
        return $"the store in '{directory}' is on a network file system ({source}); its locks are the server's"
            + $" ({NetworkNotice.Variable}=0 turns this notice off)";
    }

    internal StoreException Unanswered(string path, TimeSpan waited) => new(
        StoreErrorKind.Busy, $"nobody answered for {waited.TotalSeconds:0} s whether '{path}' can be locked" + Explain());

    private string DescribeLockService(MountDescription? mount)
    {
        var server = mount?.Source.Split(':')[0].TrimStart('/').Split('/')[0] ?? "the server";
        return (mount?.TypeName ?? volume.TypeName) switch
        {
            "nfs4" => $"NFS 4 has its locks from nfsd itself: see whether '{server}' answers, and whether it was restarted within the last two minutes",
            "nfs" => $"NFS 3 has its locks from lockd and rpc.statd, on both machines: see whether `rpcinfo -p {server}` lists nlockmgr and status",
            "cifs" or "smb" or "smb2" or "smb3" => $"see whether '{server}' answers, and that the mount has no option 'nobrl'",
            var type when type.StartsWith("fuse", StringComparison.Ordinal) =>
                "see whether the program behind this mount is alive and passes locks on to other machines",
            _ => $"see whether '{server}' answers, and whether its locks reach other machines",
        };
    }
}
