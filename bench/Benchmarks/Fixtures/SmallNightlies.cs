using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>
/// A mirror of many dated nightlies in the real format: shell scripts as tools, a compiler of some small files that
/// is different every day, and everything else the same.
/// </summary>
internal sealed class SmallNightlies
{
    private const int LibrariesOfCompiler = 20;

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly DateOnly FirstDay = new(2020, 1, 1);

    private readonly string root;
    private readonly string cargo;
    private readonly string standardLibrary;
    private int released;

    internal SmallNightlies(string root)
    {
        this.root = root;
        var shared = Directory.CreateDirectory(Path.Combine(root, "dist", "shared")).FullName;
        cargo = Describe("cargo", WriteArchive(shared, "cargo", "cargo", [("bin/cargo", Script("cargo 1.0.0"))]));
        standardLibrary = Describe(
            "rust-std",
            WriteArchive(
                shared,
                "rust-std",
                $"rust-std-{RealMirror.Host}",
                [($"lib/rustlib/{RealMirror.Host}/lib/libstd.rlib", "the standard library\n")]));
    }

    internal static string Name(int index) => $"nightly-{Day(index)}";

    /// <summary>Releases nightlies until there are so many.</summary>
    internal void ReleaseUpTo(int count)
    {
        for (; released < count; released++)
        {
            var day = Day(released);
            var folder = Directory.CreateDirectory(Path.Combine(root, "dist", day)).FullName;
            var rustc = Describe("rustc", WriteArchive(folder, "rustc", "rustc", ListCompilerFiles(day)));
            ChannelFile.Write(folder, "nightly", $"""
                manifest-version = "2"
                date = "{day}"

                [pkg.rust]
                version = "1.0.0-nightly ({day})"

                [pkg.rust.target.{RealMirror.Host}]
                available = true
                url = "{RealMirror.BaseUrl}dist/{day}/rust.tar.gz"
                hash = "{new string('0', 64)}"

                {Require("rustc")}
                {Require("cargo")}
                {Require("rust-std")}
                {rustc}
                {cargo}
                {standardLibrary}
                [profiles]
                minimal = ["rustc", "cargo", "rust-std"]
                default = ["rustc", "cargo", "rust-std"]
                complete = ["rustc", "cargo", "rust-std"]

                """);
        }
    }

    private static string Day(int index) =>
        FirstDay.AddDays(index).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IReadOnlyList<(string Path, string Text)> ListCompilerFiles(string day) =>
    [
        ("bin/rustc", Script($"rustc 1.0.0-nightly ({day})")),
        .. Enumerable.Range(0, LibrariesOfCompiler)
            .Select(index => ($"lib/lib{index}.so", $"library {index} of {day}\n")),
    ];

    private static string Script(string version) => $"#!/bin/sh\necho '{version}'\n";

    private static string Require(string package) => $"""
        [[pkg.rust.target.{RealMirror.Host}.components]]
        pkg = "{package}"
        target = "{RealMirror.Host}"

        """;

    private string Describe(string package, string archive)
    {
        using var bytes = File.OpenRead(archive);
        var url = RealMirror.BaseUrl + Path.GetRelativePath(root, archive);
        return $"""
            [pkg.{package}]
            version = "1.0.0"

            [pkg.{package}.target.{RealMirror.Host}]
            available = true
            url = "{url}"
            hash = "{Convert.ToHexStringLower(SHA256.HashData(bytes))}"

            """;
    }

    private static string WriteArchive(
        string folder, string name, string component, IReadOnlyList<(string Path, string Text)> files)
    {
        var path = Path.Combine(folder, $"{name}.tar.gz");
        using var compressed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var archive = new TarWriter(compressed, TarEntryFormat.Ustar);
        Write("rust-installer-version", "3\n");
        Write("components", $"{component}\n");
        Write($"{component}/manifest.in", string.Concat(files.Select(file => $"file:{file.Path}\n")));
        foreach (var (file, text) in files)
        {
            Write($"{component}/{file}", text);
        }
        return path;

        void Write(string file, string text)
        {
            var entry = new UstarTarEntry(TarEntryType.RegularFile, $"{name}/{file}")
            {
                Mode = Executable,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            };
            archive.WriteEntry(entry);
        }
    }
}
