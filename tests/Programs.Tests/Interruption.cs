using System.Diagnostics;
using System.Globalization;
using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>Ctrl-C and SIGTERM: the program dies of the signal, as shells and make expect, and leaves nothing to do.</summary>
public sealed class An_interrupted_command : ProgramTest
{
    private const int Seed = 988;

    // A compressor makes nothing of it, so the archive takes its time.
    private const int IncompressibleBytes = 600_000;

    // Whoever is in a syncfs dies when the disk is done, and a busy one was seen to take two seconds.
    private static readonly TimeSpan promptly = TimeSpan.FromSeconds(10);

    private readonly ITestOutputHelper log;
    private readonly FakeDistributionServer server;

    public An_interrupted_command(ITestOutputHelper log)
    {
        this.log = log;
        server = new FakeDistributionServer(Mirror.Root);
        PublishLarge(1);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void dies_of_the_signal_and_the_next_one_resumes_the_download(string signal, int number)
    {
        server.Fault = new ServerFault { Delay = TimeSpan.FromMilliseconds(5) };
        using var install = LaunchWatched("toolchain", "install", "nightly", "--profile", "minimal");
        WaitFor("part of a large archive", () => PartialBytes() > 50_000);

        Assert.Equal(number, install.DieOf(signal));

        var partial = PartialBytes();
        server.ForgetRequests();
        server.Fault = null;
        Rustup("toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();
        Assert.Contains(server.ArchiveRequests, request => request.Status == 206 && request.FirstByte >= 50_000 && request.FirstByte <= partial);
        RequireNothingLeft();
    }

    public static TheoryData<string, string, string> Moments
    {
        get
        {
            var moments = new TheoryData<string, string, string>();
            var signals = new[] { "INT", "TERM" };
            foreach (var moment in new[]
            {
                "operation/after-lock", "journal/before-commit", "journal/after-commit", "download/after-first-bytes", "download/before-rename",
                "download/after-rename", "install/after-unpack", "install/before-sync", "install/before-publish", "publish/before-rename@2",
                "publish/after-rename@2", "view/before-link", "view/after-link",
            })
            {
                moments.Add("update nightly", moment, signals[moments.Count % signals.Length]);
            }
            moments.Add("component add rust-src", "download/after-first-bytes", "INT");
            moments.Add("component add rust-src", "publish/after-rename", "TERM");
            moments.Add("toolchain install stable --profile minimal", "publish/after-rename@4", "INT");
            moments.Add("default beta", "settings/after-rename", "TERM");
            return moments;
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void leaves_nothing_to_clean_by_hand_at(string command, string moment, string signal)
    {
        Rustup("default", "nightly").ShouldSucceed();
        PublishLarge(2);
        Variables[CrashPointVariable] = $"{moment}=stop";
        using var interrupted = LaunchWatched(command.Split(' '));
        Variables.Remove(CrashPointVariable);
        WaitFor($"`{command}` to stop at {moment}", () => Processes.IsStopped(interrupted.Id));

        interrupted.DieOf(signal);

        RequireRepeatable(command);
    }

    [Theory]
    [InlineData("update nightly", 4)]
    [InlineData("component add rust-src", 3)]
    [InlineData("toolchain install stable", 3)]
    public void leaves_nothing_to_clean_by_hand_at_random_moments(string command, int times)
    {
        Rustup("default", "nightly").ShouldSucceed();
        PublishLarge(2);
        var random = new Random(Seed + command.Length);
        server.Fault = new ServerFault { Delay = TimeSpan.FromMilliseconds(1) };
        for (var time = 0; time < times; time++)
        {
            var delay = random.Next(0, 400);
            using var interrupted = LaunchWatched(command.Split(' '));
            // Not a wait for something: the moment is what is tried out.
            Thread.Sleep(delay);
            var signal = time % 2 == 0 ? "INT" : "TERM";
            log.WriteLine($"{signal} after {delay} ms: {interrupted.DieOf(signal, mayHaveEnded: true)}");
            Assert.Matches("hash-n[12]", Proxy("rustc", "--version").ShouldSucceed().Output);
        }

        RequireRepeatable(command);
    }

    private void RequireRepeatable(string command)
    {
        Assert.Matches("hash-n[12]|hash-b1", Proxy("rustc", "--version").ShouldSucceed().Output);
        server.Fault = null;
        Rustup(command.Split(' ')).ShouldSucceed();
        RequireNothingLeft();
    }

    private void RequireNothingLeft()
    {
        CollectEverything().ShouldSucceed();
        foreach (var folder in new[] { "downloads", "staging", "operations", "trash" })
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", folder)));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "toolchains"), "+*"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(RustupHome, "*.tmp"));
        server.Dispose();
    }

    /// <summary>One that is complete meanwhile has another name.</summary>
    private long PartialBytes() => Directory.EnumerateFiles(Path.Combine(RustupHome, "store", "downloads"), "*.partial")
        .Select(path => new FileInfo(path)).Select(file => file.Exists ? file.Length : 0).DefaultIfEmpty().Max();

    /// <summary>The nightly of a day with a compiler that takes a while to fetch.</summary>
    private void PublishLarge(int day)
    {
        var noise = new byte[IncompressibleBytes];
        new Random(Seed + day).NextBytes(noise);
        Mirror.Publish(SmallMirror.Nightly(day).With("rustc", package => package with
        {
            Files = [.. package.Files, TarEntry.File("lib/noise", Convert.ToBase64String(noise))],
        }));
    }

    /// <summary>Rustup below a parent that sees how it ends: .NET tells an exit code from a signal no more than a shell.</summary>
    private WatchedProgram LaunchWatched(params string[] arguments) => new(Launch(
        "/usr/bin/perl",
        [
            "-e", "my $p = fork; unless ($p) { $SIG{INT} = \"DEFAULT\"; exec @ARGV } $| = 1; print \"$p\\n\"; waitpid $p, 0; print $? & 127, \"\\n\"",
            Path.Combine(Bin, "rustup"), .. arguments,
        ]));

    private sealed class WatchedProgram(Process parent) : IDisposable
    {
        internal int Id { get; } = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);

        /// <summary>The number of the signal that it died of; 0 if it ended by itself.</summary>
        internal int DieOf(string signal, bool mayHaveEnded = false)
        {
            var sent = Stopwatch.GetTimestamp();
            if (!mayHaveEnded || Directory.Exists($"/proc/{Id}"))
            {
                Processes.TrySend(Id, signal);
                Processes.TrySend(Id, "CONT");
            }
            var number = ReadLastNumber();
            Assert.True(Stopwatch.GetElapsedTime(sent) < promptly, $"it went on for {Stopwatch.GetElapsedTime(sent)}");
            Assert.True(number > 0 || mayHaveEnded, "it survived the signal");
            return number;
        }

        public void Dispose() => parent.Dispose();

        /// <summary>What the watched program itself printed comes before.</summary>
        private int ReadLastNumber()
        {
            var error = parent.StandardError.ReadToEndAsync();
            var output = parent.StandardOutput.ReadToEnd();
            Assert.True(int.TryParse(output.TrimEnd().Split('\n')[^1], CultureInfo.InvariantCulture, out var number), output + error.Result);
            return number;
        }
    }
}
