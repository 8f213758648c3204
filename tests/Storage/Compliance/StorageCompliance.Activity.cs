using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Storage.ReadModel;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Fact]
    public async Task Refused_requests_are_paged_found_and_keep_what_came_of_sending_them_again()
    {
        var requests = Enumerable.Range(0, 5).Select(i => Refused($"paged {i}")).ToList();
        foreach (var request in requests)
            await Rejected.Add(request);

        var resent = new ResentRequest(requests[0].ReceivedAt.AddMinutes(1), Guid.CreateVersion7(requests[0].ReceivedAt), "advanced");
        await Rejected.NoteResent(requests[1].Id, new ResentRequest(resent.At, null, "still wrong"), CancellationToken.None);
        await Rejected.NoteResent(requests[1].Id, resent, CancellationToken.None);

        var page = await Rejected.Before(requests[3].Id, 2, CancellationToken.None);
        page.Select(static request => request.Detail).ShouldBe(["paged 2", "paged 1"]);
        page[1].Resent.ShouldBe(resent);
        (await Rejected.Find(requests[2].Id, CancellationToken.None)).ShouldNotBeNull().Resent.ShouldBeNull();
        (await Rejected.Find(Guid.CreateVersion7(resent.At), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Workflows_are_counted_by_standing_and_found_by_the_beginning_of_their_ids()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(200);
        await silo.Store(workflows.Select(Sample.Listed));
        var activity = silo.Services.GetRequiredService<IActivity>();

        var counts = await activity.CountStandings(CancellationToken.None);
        var prefix = workflows[7].WorkflowId[..2];
        var found = await activity.FindByIdPrefix(prefix, 1_000, CancellationToken.None);

        counts.Sum(static count => count.Count).ShouldBe(workflows.Length);
        foreach (var count in counts)
            count.Count.ShouldBe(workflows.Count(row => row.Phase == count.Phase && row.Outcome == count.Outcome && row.Attention == count.Attention.Sum(static reason => 1 << (int)reason)));

        found.Select(static item => item.WorkflowId).ShouldBe(
            workflows.Select(static row => row.WorkflowId).Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
