using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>Makes shells find <c>$CARGO_HOME/bin</c>: a script in CARGO_HOME, and a line in profiles that reads it.</summary>
internal sealed class ShellProfiles(Machine machine, UserHomes homes)
{
    private static readonly string[] ExistingOnly = [".bash_profile", ".bash_login", ".bashrc", ".zshenv"];

    private string ShownCargoHome => homes.CargoHome == Path.Combine(HomeDirectory, ".cargo")
        ? "$HOME/.cargo"
        : homes.CargoHome;

    private static string HomeDirectory => Environment.GetFolderPath(
        Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    internal void WriteScript() => Replace(
        Path.Combine(homes.CargoHome, "env"),
        $$"""
        #!/bin/sh
        # rustup shell setup
        # affix colons on either side of $PATH to simplify matching
        case ":${PATH}:" in
            *:"{{ShownCargoHome}}/bin":*)
                ;;
            *)
                # Prepending path in case a system-installed rustc needs to be overridden
                export PATH="{{ShownCargoHome}}/bin:$PATH"
                ;;
        esac

        """);

    /// <summary>Adds the line once, and a line break before it where the file does not end with one.</summary>
    internal void AddToProfiles()
    {
        Amend(Path.Combine(HomeDirectory, ".profile"));
        foreach (var name in ExistingOnly)
        {
            var path = Path.Combine(HomeDirectory, name);
            if (machine.Files.IsFile(path))
            {
                Amend(path);
            }
        }
    }

    /// <summary>Takes the line away again, and leaves everything else byte for byte.</summary>
    internal void RemoveFromProfiles()
    {
        var line = $". \"{ShownCargoHome}/env\"\n";
        foreach (var name in ExistingOnly.Append(".profile"))
        {
            var path = Path.Combine(HomeDirectory, name);
            if (machine.Files.TryReadText(path) is { } text && text.Contains(line, StringComparison.Ordinal))
            {
                ReplaceProfile(path, text.Replace(line, "", StringComparison.Ordinal));
            }
        }
    }

    private void Amend(string path)
    {
        var line = $". \"{ShownCargoHome}/env\"";
        var text = machine.Files.TryReadText(path) ?? "";
        if (text.Contains(line, StringComparison.Ordinal))
        {
            SweepTemporaries(path);
        }
        else
        {
            ReplaceProfile(path, $"{text}{(text.Length > 0 && !text.EndsWith('\n') ? "\n" : "")}{line}\n");
        }
    }

    private void ReplaceProfile(string path, string text)
    {
        try
        {
            // A profile may be a link into a repository of dotfiles: what it leads to is replaced, not the link.
            Replace(machine.Files.Canonicalize(path) ?? path, text);
        }
        catch (FileSystemException refused)
        {
            throw new StoreException(StoreErrorKind.Disk, $"could not amend shell profile: '{path}'", refused);
        }
    }

    /// <remarks>
    /// Crash: the text is old or new, and what is left beside it goes with an installation a day later. Locking: none;
    /// of several installers the last one's text stays, which is the same for all that share a CARGO_HOME.
    /// </remarks>
    private void Replace(string path, string text)
    {
        machine.Files.ReplaceText(path, text, FileSystemExtensions.TemporaryPath(path, machine.NewId()));
        SweepTemporaries(path);
    }

    private void SweepTemporaries(string path) => machine.Files.SweepTemporaries(
        machine.Files.Canonicalize(path) ?? path, machine.Clock.GetUtcNow() - InstalledPrograms.Memory);
}
