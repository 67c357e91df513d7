using System.CommandLine;
using System.Text;

namespace ToolchainStore.Cli.Grammar;

/// <summary>
/// Tab completion for a command tree, from three tables that each script looks things up in, word by word: which words
/// lead from one verb to the next, which options want a value, and what may come at a place. Whatever else stands on the
/// line is a value and leads nowhere. Our own additions come last, as in the tree.
/// </summary>
internal sealed class CompletionScript(Verb root)
{
    /// <summary>A verb by its full path, what may follow it, and what those words lead to.</summary>
    private sealed record Place(
        string Path, IReadOnlyList<string> Words, IReadOnlyList<Way> Ways, IReadOnlyList<Expectation> Expectations);

    /// <summary>Words that lead to another place: a verb's name and its aliases.</summary>
    private sealed record Way(IReadOnlyList<string> Words, string To);

    /// <summary>Words after which a value is due: an option's names.</summary>
    private sealed record Expectation(IReadOnlyList<string> Words, IReadOnlyList<string> Values, bool IsPath);

    private readonly List<Place> places = [.. ListPlaces(root, "")];

    internal string Format(string shell) => shell switch
    {
        "bash" => FormatBash(),
        "zsh" => FormatZsh(),
        "fish" => FormatFish(),
        "elvish" => FormatElvish(),
        "powershell" => FormatPowerShell(),
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    private static IEnumerable<Place> ListPlaces(Verb verb, string path)
    {
        List<Verb> below = [.. verb.Verbs.Where(each => !each.Hidden)];
        List<Option> options = [.. verb.AllOptions.Where(option => !option.Hidden)];
        // `rustup help` is followed by what rustup is followed by.
        var choices = verb.IsHelp
            ? ((Verb)verb.Parents.First()).Verbs.Where(each => !each.Hidden).Select(each => each.Name)
            : verb.Arguments.OfType<ITakesValues>().SelectMany(argument => argument.PossibleValues);
        yield return new Place(
            path,
            [.. below.SelectMany(NamesOf), .. choices, .. options.SelectMany(NamesOf)],
            [.. below.Select(each => new Way([.. NamesOf(each)], PathOf(path, each)))],
            [
                .. options.Where(option => option is ITakesValues).Select(option => new Expectation(
                    [.. NamesOf(option)], ((ITakesValues)option).PossibleValues, ((ITakesValues)option).IsPath)),
            ]);
        foreach (var place in below.SelectMany(each => ListPlaces(each, PathOf(path, each))))
        {
            yield return place;
        }
    }

    private static IEnumerable<string> NamesOf(Command verb) => verb.Aliases.Prepend(verb.Name);

    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);

    private static string PathOf(string path, Command verb) => $"{path} {verb.Name}".TrimStart();

    private IEnumerable<(string Key, string To)> Ways => places.SelectMany(
        place => place.Ways.SelectMany(way => way.Words.Select(word => ($"{place.Path} {word}", way.To))));

    private IEnumerable<(string Key, Expectation Expectation)> Expectations => places.SelectMany(
        place => place.Expectations.SelectMany(each => each.Words.Select(word => ($"{place.Path} {word}", each))));

    private string FormatBash() =>
        $$"""
        _rustup() {
            local place="" expected="" word current="${COMP_WORDS[COMP_CWORD]}" candidates=()
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                [ "$word" != = ] || continue
        {{FormatPosixWalk()}}
            done
            [ "$current" != = ] || current=""
        {{FormatPosixCandidates()}}
            COMPREPLY=($(compgen -W "${candidates[*]}" -- "$current"))
        }

        complete -F _rustup -o nosort -o bashdefault -o default rustup

        """;

    private string FormatZsh() =>
        $$"""
        #compdef rustup

        _rustup() {
            local place="" expected="" word
            local -a candidates
            for word in "${(@)words[2,CURRENT-1]}"; do
        {{FormatPosixWalk()}}
            done
        {{FormatPosixCandidates()}}
            if (( $#candidates )); then
                compadd -- "${(@)candidates}"
            else
                _files
            fi
        }

        if [ "$funcstack[1]" = "_rustup" ]; then
            _rustup "$@"
        else
            compdef _rustup rustup
        fi

        """;

    private string FormatPosixWalk()
    {
        var script = new StringBuilder(
            """
                    if [ -n "$expected" ]; then
                        expected=""
                        continue
                    fi
                    case "$place $word" in

            """);
        foreach (var (key, to) in Ways)
        {
            script.Append($"            \"{key}\") place=\"{to}\" ;;\n");
        }
        foreach (var (key, _) in Expectations)
        {
            script.Append($"            \"{key}\") expected=\"{key}\" ;;\n");
        }
        return script.Append("        esac").ToString();
    }

    private string FormatPosixCandidates()
    {
        var script = new StringBuilder("    case \"${expected:-$place}\" in\n");
        foreach (var (key, expectation) in Expectations)
        {
            script.Append($"        \"{key}\") candidates=({string.Join(' ', expectation.Values)}) ;;\n");
        }
        foreach (var place in places)
        {
            script.Append($"        \"{place.Path}\") candidates=({string.Join(' ', place.Words)}) ;;\n");
        }
        return script.Append("    esac").ToString();
    }

    private string FormatFish()
    {
        var script = new StringBuilder(
            """
            function __rustup_candidates
                set -l place ''
                set -l expected ''
                for word in (commandline -opc)[2..]
                    if test -n "$expected"
                        set expected ''
                        continue
                    end
                    switch "$place $word"

            """);
        foreach (var (key, to) in Ways)
        {
            script.Append($"            case '{key}'\n                set place '{to}'\n");
        }
        foreach (var (key, _) in Expectations)
        {
            script.Append($"            case '{key}'\n                set expected '{key}'\n");
        }
        script.Append(
            """
                    end
                end
                test -n "$expected"; and set place $expected
                switch "$place"

            """);
        foreach (var (key, expectation) in Expectations)
        {
            var values = expectation.IsPath
                ? "__fish_complete_path (commandline -ct)"
                : expectation.Values.Count == 0 ? "true" : $"printf '%s\\n' {string.Join(' ', expectation.Values)}";
            script.Append($"        case '{key}'\n            {values}\n");
        }
        foreach (var place in places)
        {
            script.Append($"        case '{place.Path}'\n            printf '%s\\n' {string.Join(' ', place.Words)}\n");
        }
        return script.Append(
            """
                end
            end

            complete -c rustup -f -k -a '(__rustup_candidates)'

            """).ToString();
    }

    private string FormatElvish()
    {
        var script = new StringBuilder("use str\n\nset edit:completion:arg-completer[rustup] = {|@words|\n    var ways = [\n");
        foreach (var (key, to) in Ways)
        {
            script.Append($"        &'{key}'='{to}'\n");
        }
        script.Append("    ]\n    var values = [\n");
        foreach (var (key, expectation) in Expectations)
        {
            script.Append($"        &'{key}'=[{Quote(expectation.Values, " ")}]\n");
        }
        script.Append("    ]\n    var candidates = [\n");
        foreach (var place in places)
        {
            script.Append($"        &'{place.Path}'=[{Quote(place.Words, " ")}]\n");
        }
        return script.Append(
            """
                ]
                var place = ''
                var expected = ''
                for word $words[1..-1] {
                    var key = $place' '$word
                    if (not-eq $expected '') {
                        set expected = ''
                    } elif (has-key $ways $key) {
                        set place = $ways[$key]
                    } elif (has-key $values $key) {
                        set expected = $key
                    }
                }
                if (eq $expected '') {
                    all $candidates[$place]
                } elif (== (count $values[$expected]) 0) {
                    edit:complete-filename $words[-1]
                } else {
                    all $values[$expected]
                }
            }

            """).ToString();
    }

    private string FormatPowerShell()
    {
        var script = new StringBuilder(
            """
            Register-ArgumentCompleter -Native -CommandName 'rustup' -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $ways = @{

            """);
        foreach (var (key, to) in Ways)
        {
            script.Append($"        '{key}' = '{to}'\n");
        }
        script.Append("    }\n    $values = @{\n");
        foreach (var (key, expectation) in Expectations)
        {
            script.Append($"        '{key}' = @({Quote(expectation.Values, ", ")})\n");
        }
        script.Append("    }\n    $candidates = @{\n");
        foreach (var place in places)
        {
            script.Append($"        '{place.Path}' = @({Quote(place.Words, ", ")})\n");
        }
        return script.Append(
            """
                }
                $place = ''
                $expected = ''
                foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
                    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
                    $key = "$place $element"
                    if ($expected) { $expected = '' }
                    elseif ($ways.ContainsKey($key)) { $place = $ways[$key] }
                    elseif ($values.ContainsKey($key)) { $expected = $key }
                }
                $found = if ($expected) { $values[$expected] } else { $candidates[$place] }
                $found | Where-Object { $_ -like "$wordToComplete*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """).ToString();
    }

    private static string Quote(IEnumerable<string> words, string separator) =>
        string.Join(separator, words.Select(word => $"'{word}'"));
}
