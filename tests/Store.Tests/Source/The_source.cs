using System.Text.RegularExpressions;

namespace ToolchainStore.Tests.Source;

/// <summary>Promises that the text of the program keeps.</summary>
public sealed class The_source
{
    // What DESIGN calls the one seam: outside Platform/ nothing touches the machine by itself.
    private const string MachineCalls =
        @"\b(File|Directory)\.(?!Path)[A-Z]\w+\(|new (FileStream|FileInfo|DirectoryInfo|HttpClient|Process|TcpClient)\(|\bProcess\.Start|" +
        @"\bDateTime(Offset)?\.(Utc)?Now|\bThread\.Sleep|\bRandom\.Shared|new Random\(|RandomNumberGenerator|Guid\.NewGuid|DllImport";

    [Fact]
    public void touches_files_locks_clock_processes_and_network_in_one_place() => Assert.Empty(
        Offences("src/Store", MachineCalls, except: "src/Store/Platform/"));

    [Fact]
    public void has_its_sql_in_one_folder() => Assert.Empty(
        Offences("src", @"""\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b|Sqlite(Connection|Command|DataReader)|\bsqlite3_", except: "src/Store/Journal/"));

    // Console's own streams and sizes write codes to a terminal.
    [Fact]
    public void writes_to_the_terminal_in_one_place() => Assert.Empty(
        Offences("src", @"\bConsole\.(?!IsOutputRedirected|IsErrorRedirected)", except: "src/Store/Platform/StandardStreams.cs"));

    [Fact]
    public void publishes_in_one_place()
    {
        var renames = SourceTree.ListCode("src/Store")
            .Where(path => !path.StartsWith("src/Store/Platform/", StringComparison.Ordinal))
            .SelectMany(path => SourceTree.Read(path).Split('\n')
                .Where(line => line.Contains("Files.Rename(staged", StringComparison.Ordinal)).Select(_ => path));
        Assert.Equal(["src/Store/Trees/Publisher.cs"], renames);
    }

    [Theory]
    [InlineData("Platform", "Journal|Distribution|Trees|Exchange|Collection|Toolchains")]
    [InlineData("Journal", "Distribution|Trees|Exchange|Collection|Toolchains")]
    [InlineData("Trees", "Exchange|Collection|Toolchains")]
    [InlineData("Exchange", "Collection|Toolchains")]
    [InlineData("Collection", "Exchange|Toolchains")]
    [InlineData("Distribution", "Trees|Exchange|Collection|Toolchains")]
    public void depends_downwards_only(string folder, string above) => Assert.Empty(
        Offences($"src/Store/{folder}", $@"^using ToolchainStore\.({above});", except: "nothing"));

    [Fact]
    public void leaves_no_loose_ends() => Assert.Empty(
        Offences("src", @"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|not built yet", except: "nothing"));

    // Errors that rustup has too are as it has them; what the doctor tries, and a digest, are parts of what somebody else says.
    [Fact]
    public void says_in_every_error_of_its_own_what_to_do()
    {
        var rustups = SourceTree.Read("tests/Store.Tests/Source/errors-as-rustup-has-them.txt").TrimEnd('\n').Split('\n');
        string[] parts = ["src/Store/Diagnosis/Doctor.cs", "src/Store/Journal/ProbeDatabase.cs", "src/Store/Digest.cs"];
        var found = SourceTree.ListCode("src").Except(parts).SelectMany(path => ListErrors(path).Select(text => (path, text))).ToList();

        Assert.NotEmpty(found);
        Assert.DoesNotContain(found, error => !error.text.Contains("help: ", StringComparison.Ordinal)
            && !rustups.Any(known => error.text.Contains(known, StringComparison.Ordinal)));
        Assert.DoesNotContain(rustups, known => !found.Exists(error => error.text.Contains(known, StringComparison.Ordinal)));
    }

    /// <summary>What makes an error with a text of its own, from its beginning to the parenthesis that closes it.</summary>
    private static IEnumerable<string> ListErrors(string path)
    {
        var source = SourceTree.Read(path);
        foreach (Match beginning in Regex.Matches(source, @"new (StoreException)?\(\s*(\w+\.Kind|StoreErrorKind\.\w+),"))
        {
            var end = source.IndexOf('(', beginning.Index);
            var open = 0;
            do
            {
                open += source[end] switch { '(' => 1, ')' => -1, _ => 0 };
                end++;
            }
            while (open > 0);
            var text = source[beginning.Index..end];
            if (text.Contains('"', StringComparison.Ordinal))
            {
                yield return text;
            }
        }
    }

    [Fact]
    public void names_every_guard_that_mutations_take_away()
    {
        var marked = SourceTree.ListCode("src")
            .SelectMany(path => Regex.Matches(SourceTree.Read(path), @"// Guard: ([a-z-]+)$", RegexOptions.Multiline))
            .Select(match => match.Groups[1].Value);
        var listed = SourceTree.Read("tests/mutations/list.tsv").Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')[0]);

        Assert.Equal(listed.Order(StringComparer.Ordinal), marked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void reaches_every_crash_point_that_it_names()
    {
        var code = string.Concat(SourceTree.ListCode("src").Where(path => !path.EndsWith("CrashPoint.cs", StringComparison.Ordinal)).Select(SourceTree.Read));
        var named = Regex.Matches(SourceTree.Read("src/Store/Platform/CrashPoint.cs"), @"const string (\w+) = "".+/.+"";")
            .Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !code.Contains($"CrashPoint.{name})", StringComparison.Ordinal));
    }

    [Fact]
    public void has_links_in_its_documents_that_lead_somewhere()
    {
        foreach (var document in Directory.EnumerateFiles(SourceTree.Root, "*.md"))
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(document), @"\]\((?!https?:|#)([^)#]+)"))
            {
                var target = Path.Combine(SourceTree.Root, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{Path.GetFileName(document)} links to {link.Groups[1].Value}");
            }
        }
    }

    [Theory]
    [InlineData("README.md"), InlineData("ARCHITECTURE.md")]
    public void has_every_test_that_its_documents_name(string document)
    {
        var tests = string.Concat(SourceTree.ListCode("tests").Select(SourceTree.Read));

        var named = Regex.Matches(SourceTree.Read(document), "`([a-z]+(_[a-z0-9]+){3,})`").Select(match => match.Groups[1].Value);
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !tests.Contains($" {name}(", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Offences(string folder, string pattern, string except) =>
        SourceTree.ListCode(folder)
            .Where(path => !path.StartsWith(except, StringComparison.Ordinal))
            .SelectMany(path => SourceTree.Read(path).Split('\n')
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(line, pattern))
                .Select(line => $"{path}: {line.Trim()}"));
}
