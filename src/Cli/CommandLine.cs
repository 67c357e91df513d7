using System.CommandLine;
using ToolchainStore.Cli.Commands;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>From arguments to an exit code; the one place where errors become text.</summary>
internal static class CommandLine
{
    private const int FailureExitCode = 1;

    // The arguments are spelt out by then, so nothing is left to guess.
    private static readonly ParserConfiguration Binding = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    /// <summary>By name: <c>rustup-init</c>, <c>rustup-setup</c>, and what browsers make of them.</summary>
    internal static bool IsInstaller(string calledAs) =>
        Path.GetFileNameWithoutExtension(calledAs) is { } stem
            && (stem.StartsWith("rustup-init", StringComparison.Ordinal)
                || stem.StartsWith("rustup-setup", StringComparison.Ordinal));

    /// <summary>The <c>rustup</c> program.</summary>
    internal static int Run(string[] arguments, TextWriter output, TextWriter error, int helpWidth)
    {
        var context = new CommandContext(output, error, MessageFormat.FromEnvironment(arguments));
        return Run(context, Rustup.Create(context, helpWidth), arguments, helpWidth, stop =>
        {
            (stop.IsOnOutput ? output : error).Write(stop.Text);
            if (stop.IsVersion)
            {
                VersionNotes.Write(context);
            }
        });
    }

    /// <summary>A link or RUSTUP_FORCE_ARG0 may make a tool of this program; that is the other executable's work.</summary>
    internal static int BecomeProxy(string calledAs, TextWriter error)
    {
        var program = Path.Combine(AppContext.BaseDirectory, InstalledPrograms.ProxyName);
        try
        {
            WorkingDirectory.Require();
            var tool = Path.GetFileNameWithoutExtension(calledAs);
            if (!ToolComponents.ProxyNames.Contains(tool))
            {
                throw ToolComponents.UnknownProxy(tool);
            }
            if (!Machine.Host.Files.Exists(program))
            {
                throw new StoreException(
                    StoreErrorKind.Usage,
                    $"'{Environment.ProcessPath}' is an installer, which cannot run as '{tool}'"
                    + "\nhelp: call it rustup-init, or run what it installs");
            }
            // The proxy has only the environment to learn them from.
            UserHomes.FromEnvironment().Export();
            return ProcessImage.Become(program, [.. ProcessImage.ReadArguments().Skip(1)], searchesPath: false, calledAs);
        }
        catch (StoreException failure)
        {
            error.Write(MessageFormat.FromEnvironment([]).Format(failure));
            return FailureExitCode;
        }
        catch (Exception unexpected)
        {
            return UnexpectedFailure.Report(error, unexpected);
        }
    }

    /// <summary>The installer, <c>rustup-init</c>. It reports a wrong command line as an error of its own.</summary>
    internal static int RunInstaller(string[] arguments, TextWriter output, TextWriter error, int helpWidth)
    {
        var context = new CommandContext(output, error, MessageFormat.FromEnvironment(arguments));
        return Run(context, Initialize.Create(context), arguments, helpWidth, stop =>
        {
            if (stop.ExitCode == 0)
            {
                output.Write(stop.Text);
            }
            else
            {
                error.Write(context.Messages.Format(MessageLevel.Error, stop.Text));
            }
        });
    }

    /// <summary>Null when the arguments are right; <paramref name="bound"/> is then what they say.</summary>
    internal static ParseStop? Bind(
        Verb root, IEnumerable<string> arguments, int helpWidth, out ParseResult bound)
    {
        var stop = ArgumentReader.Read(root, arguments, helpWidth, out var canonical);
        bound = root.Parse(canonical, Binding);
        Invariant.Hold(stop is not null || bound.Errors.Count == 0, "accepted arguments can be bound");
        return stop;
    }

    private static int Run(
        CommandContext context, Verb root, string[] arguments, int helpWidth, Action<ParseStop> report)
    {
        try
        {
            if (ToolEnvironment.RecursionCount > ToolEnvironment.RecursionMax)
            {
                throw new StoreException(StoreErrorKind.Usage, "infinite recursion detected");
            }
            WorkingDirectory.Require();
            if (Bind(root, arguments, helpWidth, out var bound) is { } stop)
            {
                report(stop);
                return stop.ExitCode;
            }
            root.OnBound?.Invoke(bound);
            return bound.Invoke(Invocation);
        }
        catch (StoreException failure)
        {
            var cause = failure.Kind == StoreErrorKind.Broken ? UnexpectedFailure.FindCause(failure) : null;
            context.Error.Write(context.Messages.Format(cause ?? failure));
            return FailureExitCode;
        }
        catch (IOException refused)
        {
            // All files are behind the platform's seam, so this is the standard output: on a full disk, say.
            context.Error.Write(context.Messages.Format(MessageLevel.Error, refused.Message));
            return FailureExitCode;
        }
        catch (Exception unexpected)
        {
            if (UnexpectedFailure.FindCause(unexpected) is { } cause)
            {
                context.Error.Write(context.Messages.Format(cause));
                return FailureExitCode;
            }
            return UnexpectedFailure.Report(context.Error, unexpected);
        }
    }
}
