namespace ToolchainStore.Distribution;

/// <summary>The part of a host that a user names: any of architecture, system and environment, in this order.</summary>
/// <remarks>
/// What is on the lists decides whether <c>stable-X</c> is a release for a host or the name of a linked
/// toolchain, so the lists are those of rustup 1.29.0 and no longer.
/// </remarks>
public sealed record PartialHost(string? Architecture, string? System, string? Environment)
{
    private const string WindowsSystem = "pc-windows";

    private const string Architectures = """
        aarch64 aarch64_be aarch64v8r amdgcn arm arm64_32 arm64e arm64ec armeb armebv7r armv4t armv5te armv6 armv6k
        armv7 armv7a armv7k armv7r armv7s armv8r avr bpfeb bpfel csky hexagon i386 i586 i686 loongarch32 loongarch64
        m68k mips mips64 mips64el mipsel mipsisa32r6 mipsisa32r6el mipsisa64r6 mipsisa64r6el msp430 nvptx64 powerpc
        powerpc64 powerpc64le riscv32 riscv32e riscv32em riscv32emc riscv32gc riscv32i riscv32im riscv32ima
        riscv32imac riscv32imafc riscv32imc riscv64 riscv64a23 riscv64gc riscv64im riscv64imac s390x sparc sparc64
        sparcv9 thumbv4t thumbv5te thumbv6 thumbv6m thumbv7a thumbv7em thumbv7m thumbv7neon thumbv7r thumbv8m.base
        thumbv8m.main thumbv8r wasm32 wasm32v1 wasm64 x86_64 x86_64h xtensa
        """;

    private const string Systems = """
        amd-amdhsa apple-darwin apple-ios apple-tvos apple-visionos apple-watchos esp-espidf esp32-espidf esp32-none
        esp32s2-espidf esp32s2-none esp32s3-espidf esp32s3-none fortanix-unknown ibm-aix kmc-solid_asp3 linux
        lynx-lynxos178 mti-none nintendo-3ds nintendo-switch none nuttx-eabi nuttx-eabihf nvidia-cuda openwrt-linux
        pc-cygwin pc-nto pc-solaris pc-windows risc0-zkvm rtems-eabihf sony-psp sony-psx sony-vita sun-solaris
        unikraft-linux unknown-dragonfly unknown-emscripten unknown-freebsd unknown-fuchsia unknown-haiku
        unknown-helenos unknown-hermit unknown-hurd unknown-illumos unknown-l4re unknown-linux unknown-managarm
        unknown-motor unknown-netbsd unknown-none unknown-nto unknown-nuttx unknown-openbsd unknown-qurt
        unknown-redox unknown-teeos unknown-trusty unknown-uefi unknown-unknown unknown-xous uwp-windows vex-v5
        wali-linux wasip1 wasip1-threads wasip2 wasip3 win7-windows wrs-vxworks
        """;

    private const string Environments = """
        android androideabi eabi eabihf elf freestanding gnu gnu_ilp32 gnuabi64 gnuabiv2 gnuabiv2hf gnuasan gnueabi
        gnueabihf gnullvm gnuspe gnux32 macabi mlibc msvc musl muslabi64 musleabi musleabihf muslspe newlibeabihf
        none ohos qnx700 qnx710 qnx710_iosock qnx800 sgx sim softfloat spe uclibc uclibceabi uclibceabihf
        """;

    public static PartialHost Empty { get; } = new(null, null, null);

    public bool IsEmpty => this == Empty;

    public bool IsWindows => System == WindowsSystem;

    public string Text => string.Join('-', new[] { Architecture, System, Environment }.Where(part => part is not null));

    public static PartialHost? TryParse(string text)
    {
        if (text.Length == 0)
        {
            return Empty;
        }
        ReadOnlySpan<string> parts = text.Split('-');
        string? architecture = null;
        if (IsListed(parts[0], Architectures))
        {
            architecture = parts[0];
            parts = parts[1..];
        }
        // Most systems are two words; none of one word begins one of two that could be read another way.
        string? system = null;
        for (var words = Math.Min(2, parts.Length); words > 0 && system is null; words--)
        {
            var candidate = string.Join('-', parts[..words]!);
            if (IsListed(candidate, Systems))
            {
                system = candidate;
                parts = parts[words..];
            }
        }
        return parts switch
        {
            [] => new PartialHost(architecture, system, null),
            [var environment] when IsListed(environment, Environments) =>
                new PartialHost(architecture, system, environment),
            _ => null,
        };
    }

    /// <summary>
    /// The whole host: what is missing comes from <paramref name="baseHost"/>, but its environment only if neither
    /// system nor environment was named, because another system has other environments.
    /// </summary>
    public string Complete(string baseHost)
    {
        var known = TargetTriple.ParseHost(baseHost);
        var environment = System is null ? Environment ?? known.Environment : Environment;
        return new PartialHost(Architecture ?? known.Architecture, System ?? known.System, environment).Text;
    }

    public override string ToString() => Text;

    /// <summary>Looked for in the text itself: a proxy asks once, and a set of the words would have to be made first.</summary>
    private static bool IsListed(string word, string words)
    {
        for (var start = 0; word.Length > 0 && words.IndexOf(word, start, StringComparison.Ordinal) is >= 0 and var index; start = index + 1)
        {
            var end = index + word.Length;
            if ((index == 0 || char.IsWhiteSpace(words[index - 1])) && (end == words.Length || char.IsWhiteSpace(words[end])))
            {
                return true;
            }
        }
        return false;
    }
}
