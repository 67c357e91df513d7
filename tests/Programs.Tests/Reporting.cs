namespace ToolchainStore.Tests.Programs;

public sealed class A_report : ProgramTest
{
    [Fact]
    public void has_what_helps_and_no_path_of_the_user()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        Directory.CreateDirectory(Folder["secret/bin"]);
        Directory.CreateDirectory(Folder["secret/lib"]);
        File.Copy("/bin/true", Folder["secret/bin/rustc"]);
        Rustup("toolchain", "link", "mine", Folder["secret"]).ShouldSucceed();
        Variables["RUSTUP_DIST_SERVER"] = "http://ada:word@127.0.0.1:9";

        var report = Rustup("store", "report").ShouldSucceed().Output;

        Assert.Contains("## rustup store status (exit code 0)", report, StringComparison.Ordinal);
        Assert.Contains("$RUSTUP_HOME/store", report, StringComparison.Ordinal);
        Assert.Contains("## rustup store verify (exit code 0)", report, StringComparison.Ordinal);
        Assert.Contains("RUSTUP_DIST_SERVER=http://***@127.0.0.1:9", report, StringComparison.Ordinal);
        Assert.DoesNotContain(Folder.Path, report, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", report, StringComparison.Ordinal);
        Assert.DoesNotContain("word", report, StringComparison.Ordinal);
    }

    [Fact]
    public void hides_what_names_and_variables_say()
    {
        Directory.CreateDirectory(Folder["a (secret's) place/bin"]);
        Directory.CreateDirectory(Folder["a (secret's) place/lib"]);
        File.Copy("/bin/true", Folder["a (secret's) place/bin/rustc"]);
        Rustup("toolchain", "link", "mine", Folder["a (secret's) place"]).ShouldSucceed();
        Rustup("override", "set", "mine", "--path", Folder["a (secret's) place"]).ShouldSucceed();
        Variables["RUSTFLAGS"] = "-L/srv/secret/lib";
        Variables["RUSTUP_MYTOKEN"] = "secret";
        Variables["https_proxy"] = "http://secret:secret@proxy";
        Variables["RUSTUP_UPDATE_ROOT"] = "https://u/dist?token=secret";
        Variables["RUSTUP_TOOLCHAIN"] = "a/b";

        var report = Rustup("store", "report").ShouldSucceed().Output;

        Assert.Contains("RUSTFLAGS=(set)\n", report, StringComparison.Ordinal);
        Assert.Contains("RUSTUP_UPDATE_ROOT=https://u/dist?***\n", report, StringComparison.Ordinal);
        Assert.Contains("## rustup store log (exit code 1)", report.Replace(" --limit 20", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", report, StringComparison.Ordinal);
    }

    [Fact]
    public void is_made_of_a_store_that_is_damaged()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        var journal = Path.Combine(RustupHome, "store", "journal.db");
        File.Move(journal, Folder["journal.db"]);
        File.WriteAllText(journal, "no database");

        var report = Rustup("store", "report").ShouldSucceed().Output;
        File.Move(Folder["journal.db"], journal, overwrite: true);

        Assert.Contains("## rustup store status (exit code 1)", report, StringComparison.Ordinal);
        Assert.Contains("file is not a database", report, StringComparison.Ordinal);
        Assert.Contains("help: ", report, StringComparison.Ordinal);
    }
}
