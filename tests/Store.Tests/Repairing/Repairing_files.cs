using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;
using ToolchainStore.Trees;

namespace ToolchainStore.Tests.Repairing;

public sealed class Repairing_files : RepairTest
{
    [Fact]
    public void fetches_the_damaged_component_and_nothing_else()
    {
        Install(Stable);
        Flip(FileOf(Stable, "bin/cargo"));
        Server.ForgetRequests();

        var finding = Assert.Single(Repair());

        Assert.Equal((FindingKind.Component, FindingOutcome.Repaired), (finding.Kind, finding.Outcome));
        Assert.Contains("cargo-", Assert.Single(Server.ArchiveRequests).Path, StringComparison.Ordinal);
        Assert.StartsWith("#!/bin/sh", File.ReadAllText(FileOf(Stable, "bin/cargo")), StringComparison.Ordinal);
        Assert.DoesNotContain(Verify(), found => found.IsProblem);
    }

    [Fact]
    public void leaves_the_damaged_tree_to_whoever_runs_from_it_and_moves_every_name()
    {
        Install(Stable);
        Install(Official("1.91.0"));
        var before = TreeOf(Stable);
        var healthy = Machine.Host.Files.Status(Path.Combine(before, "bin/rustfmt"))!;
        Flip(Path.Combine(before, "bin/cargo"));

        Repair();

        Assert.NotEqual(before, TreeOf(Stable));
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
        Assert.True(File.Exists(Path.Combine(before, "bin/cargo")));
        Assert.Equal(healthy.Identity, Machine.Host.Files.Status(FileOf(Stable, "bin/rustfmt"))!.Identity);
    }

    [Fact]
    public void gives_a_generation_that_was_replaced_its_bytes_back_under_its_number()
    {
        Install(Nightly);
        var first = GenerationOf(Nightly);
        var compiler = FileOf(Nightly, "lib/stamp");
        var content = File.ReadAllText(compiler);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        var current = GenerationOf(Nightly);
        Flip(compiler);

        var findings = Repair();

        Assert.DoesNotContain(findings, finding => finding.IsProblem);
        Assert.Equal(current, GenerationOf(Nightly));
        using var journal = OpenJournal();
        var repaired = journal.Read(session => session.Generations.Find(first))!;
        Assert.Equal(content, File.ReadAllText(Path.Combine(Layout.Tree(repaired.TreeId), "lib/stamp")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void keeps_who_goes_back_from_what_is_damaged_until_it_is_repaired(bool undoes)
    {
        Install(Nightly);
        var compiler = FileOf(Nightly, "lib/stamp");
        var content = File.ReadAllText(compiler);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        var current = TreeOf(Nightly);
        Flip(compiler);
        Server.Fault = new ServerFault { Status = 404 };
        Repair();

        var refused = Assert.Throws<StoreException>(GoBack);

        Assert.Equal(StoreErrorKind.Corrupt, refused.Kind);
        Assert.Equal(
            $"generation 1 of '{Nightly.Text}' was found damaged\nhelp: run `rustup store verify --repair` first", refused.Message);
        Assert.Equal(current, TreeOf(Nightly));
        Server.Fault = null;
        Repair();
        GoBack();
        Assert.Equal(content, File.ReadAllText(FileOf(Nightly, "lib/stamp")));

        void GoBack()
        {
            using var store = Open();
            if (undoes)
            {
                var update = store.ListOperations(100).First(operation => operation.Kind == "update");
                store.Undo(update.OperationId);
            }
            else
            {
                store.RollBack(Nightly, "1");
            }
        }
    }

    [Fact]
    public void composes_a_tree_again_without_a_download_where_only_it_is_damaged()
    {
        Install(Stable);
        var tree = TreeOf(Stable);
        File.Delete(Path.Combine(tree, "bin/rustc"));
        Server.ForgetRequests();

        var finding = Assert.Single(Repair());

        Assert.Equal((FindingKind.Tree, FindingOutcome.Repaired), (finding.Kind, finding.Outcome));
        Assert.Empty(Server.ArchiveRequests);
        Assert.True(File.Exists(FileOf(Stable, "bin/rustc")));
    }

    [Fact]
    public void again_and_again_takes_the_next_incarnation_each_time()
    {
        Install(Stable);
        for (var time = 0; time < 3; time++)
        {
            Flip(FileOf(Stable, "bin/cargo"));
            Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
        }

        Assert.Equal(["", "1", "2", "3"], IncarnationsOf("cargo"));
        CollectEverything();
        Assert.Equal(["3"], IncarnationsOf("cargo"));
        Assert.Single(Directory.EnumerateDirectories(Layout.Trees));
    }

    [Fact]
    public void names_what_the_server_has_not_and_keeps_it_marked()
    {
        Install(Stable);
        var tree = TreeOf(Stable);
        Flip(FileOf(Stable, "bin/cargo"));
        Server.Fault = new ServerFault { Status = 404 };

        var finding = Assert.Single(Repair());

        Assert.Equal(FindingOutcome.NotRepaired, finding.Outcome);
        Assert.Contains("component download failed for cargo", finding.Remark, StringComparison.Ordinal);
        Assert.Equal(tree, TreeOf(Stable));
        // Also where nobody reads the bytes again.
        Assert.Contains(
            "was found damaged before, and nothing has replaced it yet",
            Assert.Single(new StoreRepair(Options()).Verify(readsContents: false), found => found.IsProblem).Problem, StringComparison.Ordinal);
        Server.Fault = null;
        Assert.DoesNotContain(Repair(), found => found.IsProblem);
        Assert.DoesNotContain(new StoreRepair(Options()).Verify(readsContents: false), found => found.IsProblem);
    }

    [Fact]
    public void that_was_adopted_is_fetched_from_the_archive_that_its_manifest_names()
    {
        using (var source = LocalStore.OpenForWriting(Options() with { RustupHome = Folder("other") }))
        {
            source.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
            ForeignToolchain.Write(Machine.Host.Files, source, Stable, Layout, Official("1.91.0"));
        }
        using (var store = Open())
        {
            Assert.NotNull(store.Adopt(Official("1.91.0")));
        }
        Flip(FileOf(Official("1.91.0"), "bin/cargo"));

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
        Assert.StartsWith("#!/bin/sh", File.ReadAllText(FileOf(Official("1.91.0"), "bin/cargo")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE component SET bytes = bytes + 1 WHERE package = 'cargo'", "recorded instead of")]
    [InlineData("UPDATE component SET files = files - 1 WHERE package = 'cargo'", "recorded instead of")]
    [InlineData("UPDATE tree SET bytes = bytes + 1", "recorded instead of")]
    public void finds_what_does_not_add_up_though_the_row_is_as_it_was_written(string change, string problem)
    {
        Install(Stable, Profile.Minimal);
        using (var journal = OpenJournal())
        {
            journal.Write(session =>
            {
                using var command = session.WritableConnection.CreateCommand();
                command.CommandText = change;
                command.ExecuteNonQuery();
            });
        }

        Assert.Contains(problem, Assert.Single(Verify()).Problem, StringComparison.Ordinal);

        Assert.All(Repair(), finding => Assert.Equal(FindingOutcome.Repaired, finding.Outcome));
        Assert.DoesNotContain(Verify(), finding => finding.IsProblem);
    }

    [Fact]
    public void of_documentation_that_waits_downloads_its_archive_again()
    {
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.Documentation, "on-demand");
        }
        Install(Stable);
        Flip(Assert.Single(Directory.GetFiles(Layout.Downloads)));

        var finding = Assert.Single(Repair());

        Assert.Equal((FindingKind.Archive, FindingOutcome.Repaired), (finding.Kind, finding.Outcome));
        using var reading = Open();
        Assert.Single(reading.ListWaiting());
    }

    [Fact]
    public void of_a_release_in_one_archive_fetches_it_again()
    {
        Mirror.Withdraw("dist");
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 1);
        Install(Nightly);
        Flip(FileOf(Nightly, "bin/cargo"));

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
    }

    /// <summary>A plan that was made with a component that is found damaged before it is published starts over.</summary>
    [Fact]
    public void found_damaged_while_it_is_planned_is_not_published()
    {
        Install(Stable, Profile.Minimal);
        var hasMarked = false;
        var machine = new Machine
        {
            Files = Machine.Host.Files,
            Processes = Machine.Host.Processes,
            Network = Machine.Host.Network,
            ReachCrashPoint = point =>
            {
                if (point == CrashPoint.BeforePublish && !hasMarked)
                {
                    hasMarked = true;
                    MarkWhatIsComposed();
                }
            },
        };
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = machine }))
        {
            store.ChangeComponents(new ComponentRequest(Stable, [new Component("rust-src", null)], []));
        }

        Assert.True(hasMarked);
        Assert.EndsWith("-1", TreeOf(Stable), StringComparison.Ordinal);
    }

    private IEnumerable<string> IncarnationsOf(string package)
    {
        using var journal = OpenJournal();
        return journal.Read(session => session.Components.List()).Where(row => row.Package == package)
            .Select(row => string.Concat(row.ComponentId.Split('-').Skip(1))).Order(StringComparer.Ordinal).ToList();
    }

    private void MarkWhatIsComposed()
    {
        using var journal = OpenJournal();
        journal.Write(session =>
        {
            var parts = session.Trees.List().SelectMany(tree => session.Components.ListOfTree(tree.TreeId))
                .Select(row => new TreePart(row.ComponentId, row.Package, row.Target))
                .Append(new TreePart(SourcesId(session), "rust-src", null));
            session.Damage.Insert(ObjectId.OfTree(parts), foundAt: 1);
        });
    }

    /// <summary>The id that the component gets which is not published yet: the digest of its xz.</summary>
    private string SourcesId(JournalSession session)
    {
        var manifest = ChannelSource.Unpack(session.Manifests.Find(session.Toolchains.Find(Stable.Text)!.ManifestDigest!)!).Manifest;
        return manifest.FindTarget(new Component("rust-src", null))!.Archives
            .Single(archive => archive.Format == ArchiveFormat.Xz).Digest.Hex;
    }
}
