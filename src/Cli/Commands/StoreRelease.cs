using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store release</c>: what <c>build.sh</c> asks for; the one place that writes a release.</summary>
internal static class StoreRelease
{
    internal static Command Create(CommandContext context)
    {
        var directory = TextArgument.Required("DIR", "Where the release server's files go");
        var version = new TextOption("--as", "VERSION", "Call the release this instead of this program's version");
        var verb = new Verb("release", "Pack the programs beside this one into an installer") { Hidden = true };
        verb.Add(directory);
        verb.Add(version);
        verb.SetAction(parse => Run(
            context, parse.GetRequiredValue(directory), parse.GetValue(version) ?? ProgramVersion.Release));
        return verb;
    }

    private static int Run(CommandContext context, string directory, string version)
    {
        if (ProgramPackage.NeedsRuntime(Machine.Host))
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                "a release in one file needs programs that run alone, and these need .NET's runtime"
                + "\nhelp: install a C compiler and run `./build.sh` again");
        }
        var release = new ReleaseDirectory(Machine.Host, Path.GetFullPath(directory));
        release.Add(ProgramPackage.OfThisProcess(Machine.Host) with { Version = version });
        context.Output.WriteLine(version);
        return 0;
    }
}
