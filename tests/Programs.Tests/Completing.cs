namespace ToolchainStore.Tests.Programs;

/// <summary>The scripts of <c>rustup completions</c>, asked by their shells. Shells that are not there are skipped, and said so.</summary>
public sealed class Tab_completion : ProgramTest
{
    private static readonly string[] profiles = ["complete", "default", "minimal"];

    [Theory]
    [InlineData("bash"), InlineData("zsh"), InlineData("fish"), InlineData("elvish"), InlineData("pwsh")]
    public void offers_verbs_options_and_values(string shell)
    {
        if (IsSkipped(shell))
        {
            return;
        }
        Assert.Superset(new HashSet<string> { "toolchain", "up", "del", "store", "--quiet", "-V" }, Complete(shell, "rustup "));
        Assert.Superset(new HashSet<string> { "list", "link", "rm", "help" }, Complete(shell, "rustup toolchain "));
        Assert.Equal(profiles, Complete(shell, "rustup toolchain install --profile ").Order());
        Assert.Superset(new HashSet<string>(profiles), Complete(shell, "rustup set profile "));
        Assert.Superset(new HashSet<string> { "bash", "zsh" }, Complete(shell, "rustup completions "));
    }

    [Theory]
    [InlineData("bash"), InlineData("zsh"), InlineData("fish"), InlineData("elvish"), InlineData("pwsh")]
    public void finds_its_place_behind_values_aliases_and_options(string shell)
    {
        if (IsSkipped(shell))
        {
            return;
        }
        Assert.Contains("--no-self-update", Complete(shell, "rustup up "));
        Assert.Contains("--allow-downgrade", Complete(shell, "rustup toolchain install stable "));
        Assert.Contains("--target", Complete(shell, "rustup component add clippy --toolchain stable "));
        Assert.Contains("--installed", Complete(shell, "rustup -v +nightly component list "));
    }

    private static bool IsSkipped(string shell)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(directory => File.Exists(Path.Combine(directory, shell)));
        if (!isThere)
        {
            Console.WriteLine($"SKIPPED {nameof(Tab_completion)}: {shell} is not installed");
        }
        return !isThere;
    }

    /// <summary>What the shell would offer at the end of a command line.</summary>
    private HashSet<string> Complete(string shell, string line)
    {
        var script = Folder[shell];
        File.WriteAllText(script, Rustup("completions", shell == "pwsh" ? "powershell" : shell).ShouldSucceed().Output);
        var words = line.Split(' ');
        var quoted = string.Join(' ', words.Select(word => $"'{word}'"));
        var count = words.Length - 1;
        string[] arguments = shell switch
        {
            "bash" =>
                ["-c", $"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={count}; _rustup; printf '%s\\n' \"${{COMPREPLY[@]}}\""],
            // The editor's own commands exist at a prompt only.
            "zsh" =>
                ["-f", "-c", $"compdef() {{ :; }}; compadd() {{ shift; print -l -- \"$@\"; }}; source {script}; words=({quoted}); CURRENT=$#words; _rustup"],
            "fish" => ["-c", $"source {script}; complete -C '{line}' | cut -f1"],
            "elvish" => ["-norc", WriteElvish(script, quoted)],
            _ => ["-NoProfile", "-Command", $"Invoke-Expression (Get-Content -Raw {script}); (TabExpansion2 '{line}' {line.Length}).CompletionMatches.CompletionText"],
        };
        return [.. Start(shell, arguments).ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Elvish has its editor at a prompt only; the function that is set there is called as it is.</summary>
    private string WriteElvish(string script, string words)
    {
        var path = Folder["called.elv"];
        var text = File.ReadAllText(script)
            .Replace("set edit:completion:arg-completer[rustup] =", "var complete =", StringComparison.Ordinal)
            .Replace("edit:complete-filename", "put", StringComparison.Ordinal);
        File.WriteAllText(path, $"{text}\n$complete {words} | to-lines\n");
        return path;
    }
}
