using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A NativeAOT program that does nothing: what any of ours must at least take.</summary>
internal static class EmptyProgram
{
    /// <summary>The program's path, or null where there is no C compiler.</summary>
    internal static string? TryBuild(string folder, CancellationToken cancellation)
    {
        if (FindCompiler() is not { } compiler)
        {
            return null;
        }
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "empty.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <InvariantGlobalization>true</InvariantGlobalization>
                <PublishAot>true</PublishAot>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "return 0;\n");
        var program = Path.Combine(folder, "out");
        _ = ChildProcess.RunToSuccess(
            Command.Inherit(
                "/usr/bin/env", "dotnet", "publish", "-r", "linux-x64", "-o", program, "--nologo", "-v", "quiet",
                $"-p:CppCompilerAndLinker={compiler}").In(folder),
            cancellation);
        return Path.Combine(program, "empty");
    }

    private static string? FindCompiler() =>
        ((string[])["clang", "gcc"]).FirstOrDefault(compiler =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Any(folder => File.Exists(Path.Combine(folder, compiler))));
}
