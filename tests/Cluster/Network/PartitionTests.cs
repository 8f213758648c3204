using System.Net;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>What a silo may still show when it is cut off from something.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>
    /// After so long a silo that is cut off from everything shows nothing; with the time that a machine under load
    /// takes.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_silo_that_reaches_neither_the_database_nor_other_silos_shows_no_old_states()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await NetworkCluster.StartAsync(silos: 3, apis: 2);
        using var requests = new Requests();
        var (lone, loneApi, api) = (cluster.Silos[0], cluster.Apis[0], cluster.Apis[1]);
        var ids = Enumerable.Range(0, 30).Select(static i => $"w{i}").ToList();
        foreach (var id in ids)
            (await requests.Notify(api, id, "running")).Status.ShouldBe(200);

        await cluster.Network.CutAsync([lone.Host, loneApi.Host], [cluster.DatabaseHost, api.Host, cluster.Silos[1].Host, cluster.Silos[2].Host]);
        var cut = Time.GetTimestamp();

        // The others take over, and go on.
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, TimeSpan.FromSeconds(60), () => requests.Notify(api, id, "completed"));

        output.WriteLine($"Taken over after {Time.GetElapsedTime(cut).TotalSeconds:0.0} s.");
        var reads = await Task.WhenAll(ids.Select(id => requests.Get(loneApi, $"/workflows/{id}")));
        reads.Where(static read => read.Status == 200 && read.Version < 2).ShouldBeEmpty("old states");

        await cluster.Network.HealAsync();
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, TimeSpan.FromSeconds(60), () => requests.Get(loneApi, $"/workflows/{id}"));

        cancellation.ThrowIfCancellationRequested();
        (await Task.WhenAll(ids.Select(id => requests.Get(loneApi, $"/workflows/{id}")))).ShouldAllBe(static read => read.Version == 2);
    }

    [Fact]
    public async Task Two_silos_that_reach_neither_each_other_nor_the_database_show_nothing_and_one_that_is_alone_goes_on()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        var first = await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();
        (await requests.Notify(first, "w", "running")).Status.ShouldBe(200);

        // It is the only member: nobody is there who could declare it dead.
        await cluster.Network.CutAsync([cluster.DatabaseHost], [first.Host]);
        await ShowsFor(Silence, requests, first, "w");
        await cluster.Network.HealAsync();

        var second = await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();
        await cluster.Network.CutAsync([cluster.DatabaseHost, first.Host, second.Host], [cluster.DatabaseHost, first.Host, second.Host]);
        await Task.Delay(Silence, Time, TestContext.Current.CancellationToken);

        foreach (var api in cluster.Apis)
            (await requests.Get(api, "/workflows/w")).Status.ShouldBe(503);
    }

    /// <summary>Reads states again and again; each must be shown.</summary>
    private static async Task ShowsFor(TimeSpan duration, Requests requests, NetworkMember api, params string[] workflowIds)
    {
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < duration)
        {
            foreach (var id in workflowIds)
            {
                var read = await requests.Get(api, $"/workflows/{id}");
                read.Status.ShouldBe(200, $"{id} after {Time.GetElapsedTime(start).TotalSeconds:0.0} s: {read}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Time, TestContext.Current.CancellationToken);
        }
    }
}
