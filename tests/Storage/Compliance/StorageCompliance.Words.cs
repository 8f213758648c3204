using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.ReadModel;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    /// <summary>A page was once merged from as many queries as there were words: 10,000 of them stopped the list.</summary>
    [Fact]
    public async Task Words_that_senders_make_up_make_no_query_of_the_list_larger()
    {
        await using var silo = await fixture.StartAsync();
        await Receive(silo, "listed", static i => i % 3 == 0 ? "running" : i % 3 == 1 ? "Finished" : "not_started", 9);
        await Receive(silo, "few", static i => $"in progress {i} of many", 10);
        var before = await Sizes(silo);

        await Receive(silo, "many", static i => $"In progress {i} of many more", 500);
        await Receive(silo, "task", static i => $"dialling {i}", 50, ofTask: true);

        (await Sizes(silo)).ShouldBe(before);
    }

    [Fact]
    public async Task Workflows_with_a_word_that_a_sender_made_up_are_found_by_it_and_in_every_order()
    {
        await using var silo = await fixture.StartAsync();
        await Receive(silo, "listed", static _ => "running", 30);
        await Receive(silo, "made-up", static i => $"in progress {i % 40} of many", 120);
        await Receive(silo, "task", static i => $"dialling {i}", 30, ofTask: true);

        foreach (var sort in Enum.GetValues<WorkflowSort>())
        {
            foreach (var (filter, count) in ((WorkflowFilter, int)[])[
                (new(), 180),
                (new() { Phase = WorkflowPhase.Active }, 180),
                (new() { Phase = WorkflowPhase.Ended }, 0),
                (new() { Status = "in progress 7 of many" }, 3),
                (new() { Status = "in progress 7 of many", Attention = AttentionReason.UnrecognisedStatus }, 3),
                (new() { Status = "in progress 7 of many", NamePrefix = "MADE" }, 3),
                (new() { Status = "running" }, 60),
                (new() { Status = "running", Attention = AttentionReason.UnrecognisedStatus }, 30),
                (new() { Attention = AttentionReason.UnrecognisedStatus }, 150),
                (new() { NamePrefix = "made" }, 120)])
            {
                var found = await ListAll((SqlReadModel)silo.ReadModel, filter, sort, 50);
                found.Distinct().Count().ShouldBe(count, $"{sort} {filter}");
                found.Count.ShouldBe(count, $"{sort} {filter}");
            }
        }
    }

    /// <summary>A sender that made up words once filled the table, and no new word was counted any more.</summary>
    [Fact]
    public async Task Words_that_come_once_make_room_and_words_that_come_again_stay()
    {
        await using var silo = await fixture.StartAsync();
        var table = silo.Services.GetRequiredService<IWordTable>();
        await table.Add([new WordCount("Often", 3, 5, 9), new WordCount("quota ⏳", 1, 7, 7)], CancellationToken.None);
        await table.Add([new WordCount("Often", 2, 4, 8), new WordCount("quota ⏳", 1, 8, 8), new WordCount("no \0 text", 1, 1, 1)], CancellationToken.None);

        for (var round = 0; round < 12; round++)
            await table.Add([.. Enumerable.Range(0, 1_000).Select(i => new WordCount($"in progress {i} of {round}", 1, 100 + round, 100 + round))], CancellationToken.None);
        await table.Add([new WordCount("new", 1, 200, 200)], CancellationToken.None);

        var words = (await table.Read(CancellationToken.None)).ToDictionary(static count => count.Word);
        words.Count.ShouldBeInRange(10_000, 11_001);
        words["Often"].ShouldBe(new WordCount("Often", 5, 4, 9));
        words["quota ⏳"].ShouldBe(new WordCount("quota ⏳", 2, 7, 8));
        words["new"].ShouldBe(new WordCount("new", 1, 200, 200));
        words.ShouldContainKey("in progress 999 of 11");
        words.ShouldNotContainKey("in progress 0 of 0");
    }

    /// <summary>Workflows that hold words, as their status or as that of a task.</summary>
    private static Task Receive(SiloUnderTest silo, string name, Func<int, string> word, int count, bool ofTask = false) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            var (id, told) = ($"{name}-{i}", word(i));
            await silo.Workflow(id).Receive(Hosting.Receipts.Of(
                new Notification(id, name, ofTask ? "running" : told, [new ActionEntry("node", "A node", "call", "task", ofTask ? told : "running")]),
                Guid.CreateVersion7()));
        })).InTime();

    /// <summary>How long the statements of each page are, and how many parameters they take.</summary>
    private static async Task<List<string>> Sizes(SiloUnderTest silo)
    {
        var dialect = silo.Services.GetRequiredService<ReadDialect>();
        await using var connection = await silo.Database.OpenConnectionAsync();
        var sizes = new List<string>();
        foreach (var filter in (WorkflowFilter[])[new(), new() { Phase = WorkflowPhase.Active }, new() { Status = "in progress 3 of many" }, new() { NamePrefix = "m" }])
        {
            await using var find = connection.CreateCommand();
            find.CommandText = WorkflowGroup.Find(ReadModel.Standing.Of(filter));
            var groups = WorkflowGroup.Of(filter) ?? await find.ReadAll(WorkflowGroup.Read, CancellationToken.None);
            foreach (var sort in Enum.GetValues<WorkflowSort>())
            {
                var few = WorkflowSql.AsksForNames(filter, sort) ? groups.ToDictionary(static group => group, static _ => true) : null;
                await using DbCommand list = connection.CreateCommand(), names = connection.CreateCommand();
                WorkflowSql.List(list, dialect, filter, sort, groups, few, null, 100);
                WorkflowSql.CountNames(names, filter, groups, 10);
                sizes.Add($"{filter} {sort}: {list.CommandText.Length} {list.Parameters.Count} {names.CommandText.Length} {names.Parameters.Count}");
            }
        }

        return sizes;
    }
}
