using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>The programs where something else is mounted at one of their folders; skipped, and said, without that right.</summary>
public abstract class MountingTest(ITestOutputHelper log) : ProgramTest
{
    private readonly List<string> mounted = [];
    private bool isRefused;

    /// <summary>Mounts, or makes this test one that is skipped.</summary>
    protected void Mount(string folder, params string[] arguments)
    {
        using var mount = Launch("/bin/mount", [.. arguments, folder]);
        mount.WaitForExit();
        if (mount.ExitCode == 0)
        {
            mounted.Add(folder);
        }
        else
        {
            isRefused = true;
        }
    }

    protected bool IsSkipped()
    {
        if (isRefused)
        {
            var reason = $"SKIPPED {GetType().Name}: nothing could be mounted; it takes root and the right to mount";
            Console.WriteLine(reason);
            log.WriteLine(reason);
        }
        return isRefused;
    }

    protected override void ReleaseFolder()
    {
        foreach (var folder in mounted)
        {
            Start("/bin/umount", "--lazy", folder).ShouldSucceed();
        }
        base.ReleaseFolder();
    }
}
