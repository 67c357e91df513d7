using ToolchainStore.Platform;

namespace ToolchainStore.Diagnosis;

/// <summary>Who a machine is, and who it says it is to an NFS server.</summary>
/// <param name="Host">Its name.</param>
/// <param name="ClientName">
/// What the server knows it by. Two machines with one name are one client to the server: each takes the other's locks for its own, and loses
/// them when the other begins anew (the kernel's nfs/client-identifier.rst).
/// </param>
/// <param name="Instance">The running kernel and the network it is seen in: what really is one client.</param>
internal sealed record ClientIdentity(string Host, string ClientName, string Instance)
{
    private const string NetworkIdentifier = "/sys/fs/nfs/net/nfs_client/identifier";
    private const string ModuleIdentifier = "/sys/module/nfs/parameters/nfs4_unique_id";
    private const string Boot = "/proc/sys/kernel/random/boot_id";
    private const string Network = "/proc/self/ns/net";

    internal static ClientIdentity Read(Machine machine)
    {
        var host = machine.Processes.HostName;
        var unique = ReadLine(machine, NetworkIdentifier) is { Length: > 0 } own and not "(null)"
            ? own
            : ReadLine(machine, ModuleIdentifier);
        return new ClientIdentity(
            host,
            string.IsNullOrEmpty(unique) ? host : $"{unique}/{host}",
            $"{ReadLine(machine, Boot)} {TryReadLink(machine, Network)}");
    }

    internal string Format() => string.Join('\n', Host, ClientName, Instance);

    internal static ClientIdentity? TryParse(string text) => text.Split('\n') is [var host, var name, var instance]
        ? new ClientIdentity(host, name, instance)
        : null;

    // Files of /proc and /sys say that they are empty, or a page long: their text ends with the line.
    private static string ReadLine(Machine machine, string path)
    {
        if (machine.Files.TryOpenRead(path) is not { } file)
        {
            return "";
        }
        using (file)
        {
            Span<byte> bytes = stackalloc byte[256];
            return System.Text.Encoding.UTF8.GetString(bytes[..file.Read(bytes, 0)]).Trim();
        }
    }

    private static string TryReadLink(Machine machine, string path)
    {
        try
        {
            return machine.Files.ReadLink(path) ?? "";
        }
        catch (FileSystemException)
        {
            // Another system; the kernel's own identity is enough there.
            return "";
        }
    }
}
