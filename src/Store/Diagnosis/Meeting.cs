using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Diagnosis;

/// <summary>
/// Doctors of two machines that run at the same time on one home. Each has a locked file in a common folder, looks whether the
/// other's lock is seen, leaves word of it, and holds its own until the other has left word too. So what was free was held by
/// somebody alive: only one who is writes what was found of an id that nobody knew before.
/// </summary>
/// <remarks>Crash: files of a few bytes, which a doctor removes an hour later.</remarks>
internal sealed class Meeting(Machine machine, string folder, TimeSpan patience)
{
    private const string IdentitySuffix = ".who";
    private const string WordSeparator = ".saw.";
    private const int ArrivalsMax = 10;
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan forgottenAfter = TimeSpan.FromHours(1);

    private readonly string id = machine.NewId();
    private readonly ClientIdentity identity = ClientIdentity.Read(machine);
    private readonly Dictionary<string, (ClientIdentity Who, string Seen)> found = [];

    /// <summary>What came of it; says that nobody came if nobody did.</summary>
    internal Check Run()
    {
        Arrive();
        using var own = LockFile.Create(machine, In(id));
        try
        {
            var started = machine.Clock.GetTimestamp();
            while (machine.Clock.GetElapsedTime(started) < patience)
            {
                if (FindAnswered() is { } other)
                {
                    return Judge(other);
                }
                machine.Sleep(look);
            }
            return found.Count == 0
                ? new Check(Doctor.OtherMachine, CheckState.Skipped, $"no doctor of another machine came within {patience.TotalSeconds:0} s")
                : new Check(Doctor.OtherMachine, CheckState.Skipped, "a doctor of another machine was there and did not answer; run both again");
        }
        finally
        {
            // What we wrote of others is for them to read, and to delete.
            machine.Files.TryDeleteFile(In(id + IdentitySuffix));
            foreach (var name in Names().Where(name => name.EndsWith(WordSeparator + id, StringComparison.Ordinal)))
            {
                machine.Files.TryDeleteFile(In(name));
            }
            own.Remove();
        }
    }

    private void Arrive()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                machine.Files.CreateDirectories(folder);
                SweepForgotten();
                machine.Files.WriteNew(
                    In(id + IdentitySuffix), System.Text.Encoding.UTF8.GetBytes(identity.Format()), FileSystemExtensions.OrdinaryFile);
                return;
            }
            catch (FileSystemException gone) when (gone.Error == FileSystemError.NotFound && attempt < ArrivalsMax)
            {
                // Whoever left last took the empty folder away.
            }
        }
    }

    /// <summary>One whose lock we tried, and who tried ours.</summary>
    private string? FindAnswered()
    {
        var names = Names();
        foreach (var other in names.Where(name => name != id && !name.Contains('.', StringComparison.Ordinal) && !found.ContainsKey(name)))
        {
            if (ReadIdentity(other) is not { } who || who.Instance == identity.Instance)
            {
                // One of this machine proves nothing.
                continue;
            }
            var seen = Try(other);
            found[other] = (who, seen);
            machine.Files.WriteNew(
                In($"{id}{WordSeparator}{other}"), System.Text.Encoding.UTF8.GetBytes(seen), FileSystemExtensions.OrdinaryFile);
        }
        return found.Keys.FirstOrDefault(other => names.Contains($"{other}{WordSeparator}{id}"));
    }

    private Check Judge(string other)
    {
        var (who, seen) = found[other];
        var isIdentical = who.ClientName == identity.ClientName;
        if (seen != SecondProcess.Held)
        {
            return new Check(
                Doctor.OtherMachine, CheckState.Failed,
                $"a lock that '{who.Host}' holds is not seen here ({seen}): changes of both will be lost."
                + (isIdentical ? " " + Identical(who.ClientName) : ""));
        }
        return isIdentical
            ? new Check(Doctor.OtherMachine, CheckState.Failed, Identical(who.ClientName))
            : new Check(Doctor.OtherMachine, CheckState.Ok, $"a lock that '{who.Host}' holds is seen here");
    }

    private static string Identical(string clientName) =>
        $"Both machines are '{clientName}' to the server, which therefore takes them for one and lets each have the other's locks: "
        + "give them different host names, or different nfs4_unique_id (nfs(5))";

    private string Try(string other)
    {
        try
        {
            var attempt = LockFile.TryTake(machine, In(other), LockKind.Exclusive);
            (attempt as LockAttempt.Taken)?.Lock.Dispose();
            return attempt is LockAttempt.Held ? SecondProcess.Held : SecondProcess.Free;
        }
        catch (FileSystemException failed)
        {
            return failed.Message;
        }
    }

    private ClientIdentity? ReadIdentity(string other)
    {
        try
        {
            return ClientIdentity.TryParse(machine.Files.ReadText(In(other + IdentitySuffix)));
        }
        catch (FileSystemException)
        {
            // It has left.
            return null;
        }
    }

    private void SweepForgotten()
    {
        foreach (var name in Names())
        {
            if (Age.IsOlder(machine, In(name), forgottenAfter))
            {
                machine.Files.TryDeleteFile(In(name));
            }
        }
    }

    private List<string> Names() =>
        [.. machine.Files.List(folder).Where(entry => entry.Kind == FileKind.File).Select(entry => entry.Name)];

    private string In(string name) => Path.Combine(folder, name);
}
