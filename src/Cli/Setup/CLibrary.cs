using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// Whose C library this process runs with. Our programs are built for glibc; a system with musl starts them only through a
/// layer of compatibility, with which some of what we need is not there.
/// </summary>
internal static class CLibrary
{
    /// <exception cref="StoreException">Usage: it is musl.</exception>
    internal static void RequireGlibc(Machine machine)
    {
        if (machine.Files.TryReadText("/proc/self/maps") is { } mappings && IsMusl(mappings))
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                "these programs are built for glibc, and this system has musl, such as Alpine has; there is no build for it yet"
                + "\nhelp: use a system with glibc, or rustup itself");
        }
    }

    /// <param name="mappings">The lines of <c>/proc/self/maps</c>: musl's loader is its C library.</param>
    internal static bool IsMusl(string mappings) =>
        mappings.Split('\n').Any(line => Path.GetFileName(line).StartsWith("ld-musl-", StringComparison.Ordinal));
}
