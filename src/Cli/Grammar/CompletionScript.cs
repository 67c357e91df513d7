using System.CommandLine;
using System.Text;

namespace ToolchainStore.Cli.Grammar;

/// <summary>
/// Tab completion for a command tree: after each sequence of verbs, the verbs and options that may follow. Our own
/// additions come last, as in the tree.
/// </summary>
internal sealed class CompletionScript(Command root)
{
    private sealed record Level(string Path, IReadOnlyList<string> Words);

    internal string Format(string shell)
    {
        var levels = ListLevels(root, "").ToList();
        return shell switch
        {
            "bash" => FormatBash(levels, "complete -F _rustup -o nosort -o bashdefault -o default rustup\n"),
            "zsh" => "#compdef rustup\nautoload -U +X bashcompinit && bashcompinit\n"
                + FormatBash(levels, "complete -F _rustup rustup\n"),
            "fish" => FormatFish(levels),
            "elvish" => FormatElvish(levels),
            "powershell" => FormatPowerShell(levels),
            _ => throw new ArgumentOutOfRangeException(nameof(shell)),
        };
    }

    private static IEnumerable<Level> ListLevels(Command command, string path)
    {
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).ToList();
        yield return new Level(
            path,
            [
                .. verbs.SelectMany(verb => verb.Aliases.Prepend(verb.Name)),
                .. command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)),
                "--help",
            ]);
        foreach (var level in verbs.SelectMany(verb => ListLevels(verb, $"{path} {verb.Name}".TrimStart())))
        {
            yield return level;
        }
    }

    private static string FormatBash(IReadOnlyList<Level> levels, string registration)
    {
        var script = new StringBuilder(
            """
            _rustup() {
                local word path="" words=""
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$word" in -*|+*) ;; *) path="${path:+$path }$word" ;; esac
                done
                case "$path" in

            """);
        foreach (var level in levels)
        {
            script.Append($"        \"{level.Path}\") words=\"{string.Join(' ', level.Words)}\" ;;\n");
        }
        script.Append(
            """
                esac
                COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
            }

            """);
        return script.Append(registration).ToString();
    }

    private static string FormatFish(IReadOnlyList<Level> levels)
    {
        var script = new StringBuilder(
            """
            function __rustup_path
                set -l words (commandline -opc)[2..]
                string join ' ' (string match -v -r '^[-+]' -- $words)
            end

            """);
        foreach (var level in levels)
        {
            script.Append($"complete -c rustup -f -n \"test (__rustup_path) = '{level.Path}'\" -a '{string.Join(' ', level.Words)}'\n");
        }
        return script.ToString();
    }

    private static string FormatElvish(IReadOnlyList<Level> levels)
    {
        var script = new StringBuilder("use str\nset edit:completion:arg-completer[rustup] = {|@words|\n    var candidates = [\n");
        foreach (var level in levels)
        {
            script.Append($"        &'{level.Path}'=[{string.Join(' ', level.Words.Select(word => $"'{word}'"))}]\n");
        }
        return script.Append(
            """
                ]
                var path = (str:join ' ' [(each {|word| if (not (str:has-prefix $word -)) { put $word } } $words[1..-1])])
                if (has-key $candidates $path) { all $candidates[$path] }
            }

            """).ToString();
    }

    private static string FormatPowerShell(IReadOnlyList<Level> levels)
    {
        var script = new StringBuilder(
            """
            Register-ArgumentCompleter -Native -CommandName 'rustup' -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $words = $commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } |
                    Where-Object { $_ -notmatch '^[-+]' -and $_ -ne $wordToComplete }
                $candidates = switch ($words -join ' ') {

            """);
        foreach (var level in levels)
        {
            script.Append($"        '{level.Path}' {{ {string.Join(", ", level.Words.Select(word => $"'{word}'"))} }}\n");
        }
        return script.Append(
            """
                }
                $candidates | Where-Object { $_ -like "$wordToComplete*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """).ToString();
    }
}
