using System.Collections.Immutable;
using System.Data.Common;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.ReadModel;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Fact]
    public async Task Lists_and_counts_are_those_of_a_plain_list()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(500);
        await silo.Store(workflows.Select(Sample.Listed));
        var model = new ListModel(workflows);

        await Gen.Select(
                GeneratedWorkflows.Filter, Gen.Enum<WorkflowSort>(), GeneratedWorkflows.OneOf(1, 3, 7, 50, 499, 500, 1000), GeneratedWorkflows.OneOf(0, 10, 2000))
            .SampleAsync(
                async (filter, sort, limit, mostSorted) =>
                {
                    limit = Math.Max(limit, 1 + (model.Matching(filter).Count() / 12));
                    var readModel = new SqlReadModel(silo.Services.GetRequiredService<DbDataSource>(), silo.Services.GetRequiredService<ReadDialect>()) { MostSorted = mostSorted };
                    (await ListAll(readModel, filter, sort, limit)).ShouldBe(model.List(filter, sort));
                },
                iter: 400,
                threads: 1);

        await Gen.Select(GeneratedWorkflows.Filter, Gen.Enum<WorkflowGrouping>(), GeneratedWorkflows.OneOf(1, 3, 1000))
            .SampleAsync(
                async (filter, grouping, limit) =>
                {
                    var expected = model.Count(filter, grouping);
                    var counts = (await silo.ReadModel.CountWorkflows(filter, grouping, limit, CancellationToken.None)).ShouldNotBeNull();
                    counts.Total.ShouldBe(expected.Sum(static group => group.Count));
                    counts.GroupTotal.ShouldBe(expected.Count);
                    counts.Groups.Select(static group => group.Count).ShouldBe(expected.Select(static group => group.Count).OrderDescending().Take(limit));
                    counts.Groups.ShouldBeSubsetOf(expected);
                },
                iter: 150,
                threads: 1);
    }

    /// <summary>A sender that gives each workflow a name of its own once had all of them read, sorted and answered at once.</summary>
    [Fact]
    public async Task Workflows_are_counted_by_name_only_while_they_are_not_too_many()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Enumerable.Range(0, 60).Select(static i =>
            Sample.Listed(Sample.Workflow($"named-{i}") with { Name = $"{(i < 20 ? "Spring" : "Autumn")} {i}" })));
        var readModel = new SqlReadModel(silo.Services.GetRequiredService<DbDataSource>(), silo.Services.GetRequiredService<ReadDialect>()) { MaxCountedByName = 40 };

        (await readModel.CountWorkflows(new(), WorkflowGrouping.Name, 1000, CancellationToken.None)).ShouldBeNull();
        (await readModel.CountWorkflows(new(), WorkflowGrouping.Status, 1000, CancellationToken.None)).ShouldNotBeNull().Total.ShouldBe(60);
        var autumn = (await readModel.CountWorkflows(new() { NamePrefix = "autumn" }, WorkflowGrouping.Name, 5, CancellationToken.None)).ShouldNotBeNull();
        (autumn.Total, autumn.GroupTotal, autumn.Groups.Length).ShouldBe((40, 40, 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task The_oldest_silence_is_that_of_a_plain_list(int count)
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(count);
        await silo.Store(workflows.Select(Sample.Listed));

        var oldest = await silo.ReadModel.FindOldestSilence(CancellationToken.None);

        (oldest?.ToUnixTimeMilliseconds()).ShouldBe(
            workflows.Where(static row => row.Phase != WorkflowPhase.Ended).Select(static row => (long?)row.LastReceivedAt).Min());
    }

    [Fact]
    public async Task A_workflow_in_the_list_is_as_it_was_written()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(50);
        await silo.Store(workflows.Select(Sample.Listed));

        var page = await silo.ReadModel.ListWorkflows(new WorkflowFilter(), WorkflowSort.ChangedAt, null, 1000, CancellationToken.None);

        page.Next.ShouldBeNull();
        page.Items.Select(static item => item.WorkflowId).ShouldBe(workflows.Select(static row => row.WorkflowId), ignoreOrder: true);
        foreach (var item in page.Items)
        {
            var row = workflows.Single(row => row.WorkflowId == item.WorkflowId);
            (item.WorkflowName, item.Status, item.Phase, item.Outcome, item.Version).ShouldBe((row.Name, row.Status, row.Phase, row.Outcome, row.Version));
            item.NodeTypes.ShouldBe(row.NodeTypes);
            item.Attention.Sum(static reason => 1 << (int)reason).ShouldBe(row.Attention);
            (item.FirstReceivedAt.ToUnixTimeMilliseconds(), item.LastReceivedAt.ToUnixTimeMilliseconds(), item.LastChangedAt.ToUnixTimeMilliseconds())
                .ShouldBe((row.FirstReceivedAt, row.LastReceivedAt, row.ChangedAt));
        }
    }

    [Fact]
    public async Task Receipts_are_paged_by_their_order()
    {
        var (id, other) = (Sample.Unique("receipts"), Sample.Unique("receipts"));
        var receipts = Enumerable.Range(1, 57).Select(seq => Sample.Receipt(Guid.CreateVersion7(), seq)).ToImmutableArray();
        await Silo.Store(Sample.Listed(Sample.Workflow(id)) with { Receipts = receipts }, Sample.Commit(other));

        var found = new List<ReceiptSummary>();
        ReceiptPosition? after = null;
        do
        {
            var page = await Silo.ReadModel.ListReceipts(id, after, 10, CancellationToken.None);
            page.Items.Length.ShouldBeLessThanOrEqualTo(10);
            found.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        found.ShouldBe(receipts.Select(row => new ReceiptSummary(
            row.Id, id, row.Seq, DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt), row.Source, row.Effect, row.Version, row.Vocabulary, row.Kind)));
        var one = (await Silo.ReadModel.FindReceipt(receipts[40].Id, CancellationToken.None)).ShouldNotBeNull();
        one.Summary.ShouldBe(found[40]);
        one.Body.ToArray().ShouldBe(receipts[40].Body.ToArray());
        (await Silo.ReadModel.FindReceipt(Guid.CreateVersion7(), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Transitions_are_paged_by_version_and_place()
    {
        var (id, other) = (Sample.Unique("history"), Sample.Unique("history"));
        var ended = new StandingRow("Finished 🏁", WorkflowPhase.Ended, WorkflowOutcome.Completed);
        ImmutableArray<ReceiptRow> receipts =
        [
            .. from seq in Enumerable.Range(1, 30)
               let changes = seq % 3 == 0 ? 0 : 1 + (seq % 4)
               select Sample.Receipt(Guid.CreateVersion7(), seq) with { Version = seq / 3, Transitions = [.. Enumerable.Range(0, changes).Select(Change)] },
        ];
        await Silo.Store(Sample.Listed(Sample.Workflow(id)) with { Receipts = receipts }, Sample.Commit(other));

        foreach (var limit in (int[])[1, 4, 7, 1000])
        {
            var found = new List<TransitionSummary>();
            TransitionPosition? after = null;
            do
            {
                var page = await Silo.ReadModel.ListTransitions(id, after, limit, CancellationToken.None);
                page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
                found.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);

            found.ShouldBe(
                from receipt in receipts
                from change in receipt.Transitions.Select(static (row, ordinal) => (Row: row, Ordinal: ordinal))
                select new TransitionSummary(
                    receipt.Seq, receipt.Version, change.Ordinal, DateTimeOffset.FromUnixTimeMilliseconds(receipt.ReceivedAt), receipt.Id, change.Row.Kind,
                    new SubjectView(change.Row.NodeTaskId, change.Row.TaskId), change.Row.IsTask, null,
                    change.Row.To is { } to ? new StandingSummary(to.Text, to.Phase, to.Outcome) : null, change.Row.Told, change.Row.Rule));
        }

        TransitionRow Change(int ordinal) => Sample.Transition with
        {
            NodeTaskId = ordinal == 0 ? null : $"node {ordinal}",
            TaskId = ordinal == 2 ? "task" : null,
            IsTask = ordinal >= 2,
            To = ordinal == 3 ? ended : new StandingRow("a label", null, null),
            Told = ordinal == 3 ? "finished" : null,
            Rule = ordinal == 3 ? "higher_phase" : null,
        };
    }

    private static async Task<List<string>> ListAll(SqlReadModel readModel, WorkflowFilter filter, WorkflowSort sort, int limit)
    {
        var found = new List<string>();
        WorkflowPosition? after = null;
        do
        {
            var page = await readModel.ListWorkflows(filter, sort, after, limit, CancellationToken.None);
            page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
            found.AddRange(page.Items.Select(static item => item.WorkflowId));
            after = page.Next;
        }
        while (after is not null);

        return found;
    }
}
