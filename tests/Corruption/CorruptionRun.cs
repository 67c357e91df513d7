using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;
using ToolchainStore.Trees;

namespace ToolchainStore.Tests.Corruption;

/// <summary>What came of all corruptions.</summary>
public sealed class CorruptionReport
{
    internal readonly ConcurrentQueue<string> Failures = new();
    internal readonly ConcurrentDictionary<string, int> Kinds = new();
    internal int Damaging;
    internal int Found;
    internal int Repaired;
    internal int Named;
    internal int Harmless;

    /// <summary>What must not have been.</summary>
    public IReadOnlyCollection<string> Violations => Failures;

    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var (kind, count) in Kinds.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append($"{count,8} x {kind}\n");
        }
        return text.Append(
            $"{Kinds.Values.Sum()} corruptions, {Damaging} damaging, {Found} of them found, {Repaired} repaired, {Named} named as not repairable, "
            + $"{Harmless} harmless, {Failures.Count} violations\n").ToString();
    }
}

/// <summary>Copies of one store of three toolchains, each with one corruption.</summary>
public static class CorruptionRun
{
    private const string Stable = "stable-" + RustPackages.Host;
    private static readonly string[] names = [Stable, "beta-" + RustPackages.Host, "nightly-" + RustPackages.Host];

    /// <param name="count">How many.</param>
    /// <param name="seed">Of what they are.</param>
    /// <param name="programs">Where ./build.sh published to: then the programs themselves are run on each copy, too.</param>
    public static CorruptionReport Run(int count, int seed, string? programs = null)
    {
        using var folder = new TemporaryFolder();
        var mirror = SmallMirror.WriteTo(folder["mirror"]);
        var pristine = new StoreLayout(folder["pristine"]);
        Fill(pristine, mirror);
        var report = new CorruptionReport();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            var home = folder[$"home-{number}."];
            try
            {
                new OneCorruption(report, pristine, home, mirror.FileUrl, seed, number, programs).Run();
            }
            catch (Exception crashed) when (crashed is not OutOfMemoryException)
            {
                report.Failures.Enqueue($"{number}: the program itself ends with {crashed}");
            }
            Delete(home);
        });
        return report;
    }

    private static void Fill(StoreLayout layout, Mirror mirror)
    {
        using (var store = LocalStore.OpenForWriting(Options(layout, mirror.FileUrl)))
        {
            store.Follow(new FollowRequest { Name = Official("stable"), Profile = Profile.Default });
            store.SetSetting(SettingKeys.Documentation, "on-demand");
            store.Follow(new FollowRequest { Name = Official("beta"), Profile = Profile.Complete });
            store.Follow(new FollowRequest { Name = Official("nightly"), Profile = Profile.Minimal });
        }
        SmallMirror.AdvanceTo(mirror, 2);
        using (var store = LocalStore.OpenForWriting(Options(layout, mirror.FileUrl)))
        {
            store.Follow(new FollowRequest { Name = Official("nightly"), Profile = Profile.Minimal });
            store.SetSetting(SettingKeys.DefaultToolchain, Stable);
            store.SetOverride("/project", names[2]);
        }
        using var again = LocalStore.OpenForWriting(Options(layout, mirror.FileUrl));
    }

    internal static StoreOptions Options(StoreLayout layout, string server) => new()
    {
        RustupHome = layout.RustupHome,
        CommandLine = "rustup corrupted",
        DetectedHost = RustPackages.Host,
        ServerRoot = server,
        Workers = 1,
        DownloadPatience = new DownloadPatience(RetriesMax: 0, StallLimit: TimeSpan.FromSeconds(1)),
    };

    private static ToolchainName.Official Official(string text) => RequestedToolchain.ParseOfficial(text).Resolve(RustPackages.Host);

    private static void Copy(string from, string to)
    {
        // With hard links, modes and times.
        using var copying = Process.Start("cp", ["-a", from, to]);
        copying.WaitForExit();
        if (copying.ExitCode != 0)
        {
            throw new IOException($"cp -a {from} {to} ended with {copying.ExitCode}");
        }
    }

    private static void Delete(string path)
    {
        foreach (var entry in Directory.Exists(Path.GetDirectoryName(path))
            ? Directory.GetDirectories(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*") : [])
        {
            using var deleting = Process.Start("rm", ["-rf", entry]);
            deleting.WaitForExit();
        }
    }

    /// <summary>One copy: corrupted, looked at, used, repaired.</summary>
    private sealed class OneCorruption(CorruptionReport report, StoreLayout pristine, string home, string server, int seed, int number, string? programs)
    {
        // Every so many cannot fetch anything.
        private const int OfflineEvery = 10;

        // So many of them on each copy.
        private const int ChangingCommands = 3;

        private readonly StoreLayout layout = new(home);
        private readonly StoreLayout used = new(home + "used");
        private string what = "";

        internal void Run()
        {
            Copy(pristine.RustupHome, home);
            var before = Snapshot.Of(layout);
            var random = new Random(unchecked((seed * 1_000_003) + number));
            (string Kind, string Subject)? done = null;
            while (done is null)
            {
                done = new Corruptor(random, layout).Corrupt();
            }
            what = $"{number}: {done.Value.Kind}: {done.Value.Subject.Replace(home, "", StringComparison.Ordinal)}";
            report.Kinds.AddOrUpdate(done.Value.Kind, 1, (_, count) => count + 1);
            var after = Snapshot.Of(layout);
            var isDamaged = !before.SequenceEqual(after);
            RunCommands();
            Judge(isDamaged, after);
        }

        private void Judge(bool isDamaged, SortedDictionary<string, string> after)
        {
            var findings = Try("verify", () => new StoreRepair(Options(layout, server)).Verify(readsContents: true)) ?? [];
            var hasFound = findings.Any(finding => finding.IsProblem);
            Interlocked.Add(ref isDamaged ? ref report.Damaging : ref report.Harmless, 1);
            if (isDamaged && !hasFound)
            {
                Fail("it is not found");
            }
            if (isDamaged && hasFound)
            {
                Interlocked.Increment(ref report.Found);
            }
            var healthy = ListHealthy(after);
            var isOffline = number % OfflineEvery == 0;
            var repaired = Try("repair", () => new StoreRepair(
                Options(layout, isOffline ? "file:///nowhere" : server)).Repair(readsContents: true)) ?? [];
            foreach (var (directory, identities) in healthy)
            {
                if (!Snapshot.Identities(directory).SequenceEqual(identities))
                {
                    Fail($"the repair touched '{directory}', which was healthy");
                }
            }
            var left = Try("verify again", () => new StoreRepair(Options(layout, server)).Verify(readsContents: true)) ?? [];
            if (repaired.Any(finding => finding.IsProblem))
            {
                Interlocked.Increment(ref report.Named);
                var canBe = isOffline || repaired.All(finding => !finding.IsProblem || finding.Kind is FindingKind.View);
                if (!canBe)
                {
                    Fail($"it is not repaired: {Describe(repaired)}");
                }
                return;
            }
            if (left.Any(finding => finding.IsProblem))
            {
                Fail($"after the repair there is: {Describe(left)}");
                return;
            }
            Compare();
            if (isDamaged)
            {
                Interlocked.Increment(ref report.Repaired);
            }
        }

        /// <summary>Components and trees in which nothing is another than in the pristine copy, with what no repair may change.</summary>
        private IReadOnlyList<(string Directory, SortedDictionary<string, string> Identities)> ListHealthy(SortedDictionary<string, string> after)
        {
            var whole = Snapshot.Of(pristine);
            var changed = whole.Except(after).Concat(after.Except(whole)).Select(entry => entry.Key).ToList();
            return
            [
                .. Directory.GetDirectories(layout.Components).Concat(Directory.GetDirectories(layout.Trees))
                    .Where(directory => !changed.Exists(path => (path + "/").StartsWith(
                        Path.GetRelativePath(home, directory) + "/", StringComparison.Ordinal)))
                    .Select(directory => (directory, Snapshot.Identities(directory))),
            ];
        }

        /// <summary>What programs see is what they see of the pristine copy, and the journal says the same.</summary>
        private void Compare()
        {
            foreach (var name in names)
            {
                var wanted = Snapshot.OfToolchain(pristine.ToolchainView(name));
                var found = Snapshot.OfToolchain(layout.ToolchainView(name));
                if (!wanted.SequenceEqual(found))
                {
                    Fail($"{name} is not what it was: {string.Join(", ", wanted.Except(found).Concat(found.Except(wanted)).Take(3))}");
                }
            }
            if (Say(pristine) is var said && Say(layout) is var says && said != says)
            {
                Fail($"the journal says\n{says}\ninstead of\n{said}");
            }
        }

        private static string Say(StoreLayout layout)
        {
            using var journal = JournalDatabase.TryOpenForReading(Machine.Host, layout, JournalPatience.Default);
            return journal!.Read(session => string.Join('\n',
            [
                .. session.Toolchains.List().Select(row => $"{row.Name} {row.Profile} {row.ManifestDigest}: " + string.Join(
                    ' ', session.Trees.ListParts(row.TreeId ?? "").Select(part => $"{part.Package}/{part.Target}/{part.IsDeferred}"))),
                .. session.Toolchains.List().SelectMany(row => session.Generations.ListOf(row.Name))
                    .Select(row => $"{row.GenerationId} of {row.ToolchainName}"),
                .. session.Settings.List().Select(row => $"{row.Key} = {row.Value}"),
                .. session.Overrides.List().Select(row => $"{row.Path}: {row.Toolchain}"),
            ]));
        }

        /// <summary>On a copy, because they may change something; errors are fine, crashes are not.</summary>
        private void RunCommands()
        {
            Copy(home, used.RustupHome);
            Read("list", store => store.Catalog.List());
            Read("status", store => store.ReadStatus());
            Read("show", store => store.Select("/project/src", plusToolchain: null, environmentToolchain: null));
            Read("settings", store => (store.ReadSettings(), store.ListOverrides(), store.DocumentationMode));
            Read("components", store => store.ReadComponents(Official("stable")));
            Read("hold", store =>
            {
                using var held = store.Hold(new ToolchainLocation.Stored(Stable, "", ""));
                return held?.Location;
            });
            Try("proxy", () =>
            {
                using var query = SelectionQuery.TryOpen(Machine.Host, used, JournalPatience.Default);
                if (query?.FindToolchain(Stable) is { TreeId: { } tree })
                {
                    query.ListComponentsOf(tree);
                    using var lease = new TreeHolder(Machine.Host, used, query, inherited: null).TryHold(
                        new ToolchainLocation.Stored(Stable, tree, used.Tree(tree)));
                }
                return "";
            });
            if (programs is not null)
            {
                RunPrograms(programs);
            }
            var writers = new Action[]
            {
                () => Write("gc", store => store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 })),
                () => Write("install", store => store.Follow(new FollowRequest { Name = Official("1.91.0"), Profile = Profile.Complete })),
                () => Write("update", store => store.Follow(
                    new FollowRequest { Name = Official("nightly"), Profile = Profile.Minimal, Components = ["clippy"] })),
                () => Write("uninstall", store => store.Uninstall(Official("beta"))),
                () => Write("override", store => store.RemoveOverrides(["/project"])),
            };
            // One after the other, and each of them first in its turn.
            for (var index = 0; index < writers.Length; index++)
            {
                writers[(number + index) % writers.Length]();
            }
        }

        /// <summary>As users do. What a tool does whose own file is damaged is its own business.</summary>
        private void RunPrograms(string programs)
        {
            var rustup = Path.Combine(programs, "rustup");
            var proxy = Path.Combine(programs, "rustup-proxy");
            string[][] commands =
            [
                ["toolchain", "list", "-v"], ["show"], ["component", "list"], ["which", "rustc"], ["override", "list"], ["store", "status"], ["store", "log"],
                ["toolchain", "history", "nightly"], ["store", "verify", "--contents"], ["store", "gc", "--dry-run"], ["store", "report"],
            ];
            // Each of them first in its turn, and with what is left to the others.
            string[][] changing =
            [
                ["toolchain", "rollback", "nightly"], ["store", "undo"], ["toolchain", "keep", "nightly"], ["component", "add", "clippy", "--toolchain", "beta"],
                ["store", "export", Path.Combine(used.RustupHome, "export.tar")], ["store", "verify", "--repair"], ["toolchain", "uninstall", "beta"],
                ["store", "gc", "--keep-days", "0"], ["default", "nightly"], ["update", "--no-self-update"], ["store", "freeze"],
                ["doc", "--path", "--toolchain", "nightly"],
            ];
            foreach (var command in commands.Concat(Enumerable.Range(0, ChangingCommands).Select(index => changing[(number + index) % changing.Length])))
            {
                var (code, said) = RunProgram(rustup, calledAs: null, command);
                if (code is not (0 or 1))
                {
                    Fail($"rustup {string.Join(' ', command)} ends with {code}: {said}");
                }
            }
            foreach (var tool in new[] { "rustc", "cargo" })
            {
                RunProgram(proxy, tool, ["--version"]);
            }
        }

        private (int Code, string Said) RunProgram(string program, string? calledAs, string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
            foreach (var (name, value) in new (string, string?)[]
            {
                ("HOME", used.RustupHome), ("RUSTUP_HOME", used.RustupHome), ("CARGO_HOME", Path.Combine(used.RustupHome, "cargo")),
                ("RUSTUP_AUTO_INSTALL", "0"), ("RUSTUP_STORE_BACKGROUND", "0"), ("RUSTUP_DIST_SERVER", server), ("RUSTUP_FORCE_ARG0", calledAs),
                ("RUSTUP_TOOLCHAIN", null), ("RUST_BACKTRACE", null),
            })
            {
                start.Environment[name] = value;
            }
            using var running = Process.Start(start)!;
            var error = running.StandardError.ReadToEndAsync();
            var said = running.StandardOutput.ReadToEnd() + error.Result;
            running.WaitForExit();
            if (said.Contains("\n   at ", StringComparison.Ordinal) || said.Contains("Unhandled exception", StringComparison.Ordinal)
                || said.Contains("internal error: ", StringComparison.Ordinal))
            {
                Fail($"{Path.GetFileName(program)} {string.Join(' ', arguments)} crashes: {said}");
            }
            return (running.ExitCode, said);
        }

        private void Read<T>(string name, Func<LocalStore, T> ask) => Try(name, () =>
        {
            using var store = LocalStore.OpenForReading(Options(used, server));
            return ask(store);
        });

        private void Write<T>(string name, Func<LocalStore, T> change) => Try(name, () =>
        {
            using var store = LocalStore.OpenForWriting(Options(used, server));
            return change(store);
        });

        private T? Try<T>(string name, Func<T> run)
        {
            try
            {
                return run();
            }
            catch (StoreException refused) when (refused.Kind != StoreErrorKind.Broken && name is not ("verify" or "repair" or "verify again"))
            {
                return default;
            }
            catch (Exception crashed) when (name is not ("verify" or "repair" or "verify again")
                && JournalDatabase.FindCause(Machine.Host, used, crashed) is not null)
            {
                // As the command line does, which says what is damaged instead.
                return default;
            }
            catch (Exception crashed) when (crashed is not OutOfMemoryException)
            {
                Fail($"{name} crashes: {crashed}");
                return default;
            }
        }

        private static string Describe(IReadOnlyList<Finding> findings) => string.Join(
            "; ", findings.Where(finding => finding.IsProblem).Select(finding => $"{finding.Subject}: {finding.Problem} ({finding.Remark})"));

        private void Fail(string problem) => report.Failures.Enqueue($"{what}: {problem}");
    }
}
