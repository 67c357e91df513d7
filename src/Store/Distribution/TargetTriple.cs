namespace ToolchainStore.Distribution;

/// <summary>What can be said of a triple such as <c>x86_64-unknown-linux-gnu</c>.</summary>
public static class TargetTriple
{
    /// <summary>The parts that other hosts are completed from; architecture and system must be there.</summary>
    public static PartialHost ParseHost(string triple)
    {
        var host = PartialHost.TryParse(triple)
            ?? throw Invalid($"Provided host '{triple}' couldn't be converted to partial triple");
        if (host.Architecture is null)
        {
            throw Invalid($"Provided host '{triple}' did not specify a CPU architecture");
        }
        if (host.System is null)
        {
            throw Invalid($"Provided host '{triple}' did not specify an operating system");
        }
        return host;
    }

    /// <summary>
    /// Whether a toolchain for <paramref name="host"/> runs on a machine of triple <paramref name="machine"/>, as far
    /// as triples tell; false means that it may not.
    /// </summary>
    public static bool CanRun(string machine, string host)
    {
        if (machine == host)
        {
            return true;
        }
        if (PartialHost.TryParse(machine) is not { IsWindows: true } here
            || PartialHost.TryParse(host) is not { IsWindows: true } there)
        {
            return false;
        }
        return here.Architecture == there.Architecture
            || (here.Architecture is "x86_64" or "aarch64" && there.Architecture == "i686");
    }

    private static StoreException Invalid(string message) => new(StoreErrorKind.Usage, message);
}
