using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup completions</c></summary>
internal static class Completions
{
    private static readonly string discussion =
        $$"""
        Enable tab completion for Bash, Fish, Zsh, or PowerShell
        The script is output on `stdout`, allowing one to re-direct the
        output to the file of their choosing. Where you place the file
        will depend on which shell, and which operating system you are
        using. Your particular configuration may also determine where
        these scripts need to be placed.

        Here are some common set ups for the three supported shells under
        Unix and similar operating systems (such as GNU/Linux).

        {{TextStyle.Bold.Apply("Bash:")}}

        Completion files are commonly stored in `/etc/bash_completion.d/` for
        system-wide commands, but can be stored in
        `~/.local/share/bash-completion/completions` for user-specific commands.
        Run the command:

          $ mkdir -p ~/.local/share/bash-completion/completions
          $ rustup completions bash > ~/.local/share/bash-completion/completions/rustup

        This installs the completion script. You may have to log out and
        log back in to your shell session for the changes to take effect.

        {{TextStyle.Bold.Apply("Bash (macOS/Homebrew):")}}

        Homebrew stores bash completion files within the Homebrew directory.
        With the `bash-completion` brew formula installed, run the command:

          $ mkdir -p $(brew --prefix)/etc/bash_completion.d
          $ rustup completions bash > $(brew --prefix)/etc/bash_completion.d/rustup.bash-completion

        {{TextStyle.Bold.Apply("Fish:")}}

        Fish completion files are commonly stored in
        `$HOME/.config/fish/completions`. Run the command:

          $ mkdir -p ~/.config/fish/completions
          $ rustup completions fish > ~/.config/fish/completions/rustup.fish

        This installs the completion script. You may have to log out and
        log back in to your shell session for the changes to take effect.

        {{TextStyle.Bold.Apply("Xonsh:")}}

        In Xonsh you can reuse Fish completion by installing `xontrib-fish-completer`.

        {{TextStyle.Bold.Apply("Zsh:")}}

        ZSH completions are commonly stored in any directory listed in
        your `$fpath` variable. To use these completions, you must either
        add the generated script to one of those directories, or add your
        own to this list.

        Adding a custom directory is often the safest bet if you are
        unsure of which directory to use. First create the directory; for
        this example we'll create a hidden directory inside our `$HOME`
        directory:

          $ mkdir ~/.zfunc

        Then add the following lines to your `.zshrc` just before
        `compinit`:

          fpath+=~/.zfunc

        Now you can install the completions script using the following
        command:

          $ rustup completions zsh > ~/.zfunc/_rustup

        You must then either log out and log back in, or simply run

          $ exec zsh

        for the new completions to take effect.

        {{TextStyle.Bold.Apply("Custom locations:")}}

        Alternatively, you could save these files to the place of your
        choosing, such as a custom directory inside your $HOME. Doing so
        will require you to add the proper directives, such as `source`ing
        inside your login script. Consult your shells documentation for
        how to add such directives.

        {{TextStyle.Bold.Apply("PowerShell:")}}

        The powershell completion scripts require PowerShell v5.0+ (which
        comes with Windows 10, but can be downloaded separately for windows 7
        or 8.1).

        First, check if a profile has already been set

          PS C:\> Test-Path $profile

        If the above command returns `False` run the following

          PS C:\> New-Item -path $profile -type file -force

        Now open the file provided by `$profile` (if you used the
        `New-Item` command it will be
        `${env:USERPROFILE}\Documents\WindowsPowerShell\Microsoft.PowerShell_profile.ps1`

        Next, we either save the completions file into our profile, or
        into a separate file and source it inside our profile. To save the
        completions into our profile simply use

          PS C:\> rustup completions powershell >> ${env:USERPROFILE}\Documents\WindowsPowerShell\Microsoft.PowerShell_profile.ps1

        {{TextStyle.Bold.Apply("Cargo:")}}

        Rustup can also generate a completion script for `cargo`. The script output
        by `rustup` will source the completion script distributed with your default
        toolchain. Not all shells are currently supported. Here are examples for
        the currently supported shells.

        {{TextStyle.Bold.Apply("Bash:")}}

          $ rustup completions bash cargo >> ~/.local/share/bash-completion/completions/cargo

        {{TextStyle.Bold.Apply("Zsh:")}}

          $ rustup completions zsh cargo > ~/.zfunc/_cargo
        """;

    internal static Command Create(CommandContext context)
    {
        var shell = TextArgument.RequiredChoice("SHELL", "bash", "elvish", "fish", "powershell", "zsh");
        var command = TextArgument.Choice("COMMAND", "rustup", "rustup", "cargo");
        var verb = new Verb("completions", "Generate tab-completion scripts for your shell")
        {
            Discussion = discussion,
            ShowsHelpWhenEmpty = true,
        };
        verb.Add(shell);
        verb.Add(command);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(shell),
            parse.GetRequiredValue(command)));
        return verb;
    }

    private static int Run(CommandContext context, string shell, string command)
    {
        if (command == "cargo")
        {
            context.Output.Write(CargoScript(shell));
            return 0;
        }
        context.Output.Write(new CompletionScript(Rustup.Create(context, HelpText.DefaultWidth)).Format(shell));
        return 0;
    }

    private static string CargoScript(string shell) => shell switch
    {
        "bash" =>
            """
            if command -v rustc >/dev/null 2>&1; then
            \tsource "$(rustc --print sysroot)"/etc/bash_completion.d/cargo
            fi

            """.Replace("\\t", "\t", StringComparison.Ordinal),
        "zsh" =>
            """
            #compdef cargo
            if command -v rustc >/dev/null 2>&1; then
            \tsource "$(rustc --print sysroot)"/share/zsh/site-functions/_cargo
            fi

            """.Replace("\\t", "\t", StringComparison.Ordinal),
        _ => throw new StoreException(
            StoreErrorKind.Usage, $"cargo does not currently support completions for {shell}"),
    };
}
