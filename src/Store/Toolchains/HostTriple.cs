using System.Runtime.InteropServices;

namespace ToolchainStore.Toolchains;

/// <summary>Which platform triple this machine is, as far as this program was built for it.</summary>
public static class HostTriple
{
    public static string Detect() =>
        Environment.GetEnvironmentVariable("RUSTUP_OVERRIDE_HOST_TRIPLE") is { Length: > 0 } given
            ? given
            : OfThisProgram();

    /// <summary>What this program was built for, whatever it is told that its host is.</summary>
    public static string OfThisProgram()
    {
        var architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.X86 => "i686",
            Architecture.Arm64 => "aarch64",
            Architecture.Arm => "armv7",
            Architecture.S390x => "s390x",
            Architecture.LoongArch64 => "loongarch64",
            Architecture.Ppc64le => "powerpc64le",
            Architecture.RiscV64 => "riscv64gc",
            var other => throw new StoreException(
                StoreErrorKind.Usage, $"there is no Rust host for the processor architecture '{other}'\nhelp: name one with `rustup set default-host`"),
        };
        if (OperatingSystem.IsWindows())
        {
            return $"{architecture}-pc-windows-msvc";
        }
        if (OperatingSystem.IsMacOS())
        {
            return $"{architecture}-apple-darwin";
        }
        if (OperatingSystem.IsFreeBSD())
        {
            return $"{architecture}-unknown-freebsd";
        }
        var suffix = architecture == "armv7" ? "eabihf" : "";
        var libc = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "musl" : "gnu";
        return $"{architecture}-unknown-linux-{libc}{suffix}";
    }
}
