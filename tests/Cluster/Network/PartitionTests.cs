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

    /// <summary>After so long one of two silos has gone; with the time that a machine under load takes.</summary>
    private static readonly TimeSpan Agreement = TimeSpan.FromSeconds(25);

    /// <summary>
    /// After so long an Api that lost all connections shows states again; with the time that a machine under load
    /// takes.
    /// </summary>
    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(30);

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

        await cluster.Network.CutAsync(
            [lone.Host, loneApi.Host],
            [cluster.DatabaseHost, api.Host, cluster.Silos[1].Host, cluster.Silos[2].Host]
        );
        var cut = Time.GetTimestamp();

        // The others take over.
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, TimeSpan.FromSeconds(60), () =>
                requests.Notify(api, id, "completed")
            );

        output.WriteLine($"Taken over after {Time.GetElapsedTime(cut).TotalSeconds:0.0} s.");
        var reads = await Task.WhenAll(ids.Select(id => requests.Get(loneApi, $"/workflows/{id}")));
        reads.Where(static read => read.Status == 200 && read.Version < 2).ShouldBeEmpty("old states");

        await cluster.Network.HealAsync();
        var healed = Time.GetTimestamp();
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, Reconnection, () => requests.Get(loneApi, $"/workflows/{id}"));

        output.WriteLine($"All are shown again after {Time.GetElapsedTime(healed).TotalSeconds:0.0} s.");

        cancellation.ThrowIfCancellationRequested();
        (await Task.WhenAll(ids.Select(id => requests.Get(loneApi, $"/workflows/{id}")))).ShouldAllBe(static read =>
            read.Version == 2
        );
    }

    [Fact]
    public async Task Two_silos_that_reach_nothing_show_no_states_and_a_single_silo_does()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        var first = await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();
        (await requests.Notify(first, "w", "running")).Status.ShouldBe(200);

        // It is the only member: there is no other silo that could declare it dead.
        await cluster.Network.CutAsync([cluster.DatabaseHost], [first.Host]);
        await ShowsFor(Silence, requests, first, "w");
        await cluster.Network.HealAsync();

        var second = await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();
        await cluster.Network.CutAsync(
            [cluster.DatabaseHost, first.Host, second.Host],
            [cluster.DatabaseHost, first.Host, second.Host]
        );
        await Task.Delay(Silence, Time, TestContext.Current.CancellationToken);

        foreach (var api in cluster.Apis)
            (await requests.Get(api, "/workflows/w")).Status.ShouldBe(503);
    }

    /// <summary>
    /// A third silo reaches both, so Orleans votes against neither; calls between the two get no answer.
    /// </summary>
    [Fact]
    public async Task If_two_silos_do_not_reach_each_other_one_ends_and_then_everything_is_answered()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 3, apis: 2);
        using var requests = new Requests();
        using var healed = new CancellationTokenSource();
        var load = new NetworkLoad(cluster.Apis, requests, workflows: 60);
        await load.RunAsync(TimeSpan.FromSeconds(5));

        await cluster.Network.CutAsync([cluster.Silos[0].Host], [cluster.Silos[1].Host]);
        var cut = Time.GetTimestamp();
        var agreed = cut + (long)(Agreement.TotalSeconds * Time.TimestampFrequency);
        var ended = cluster.RestartEndedAsync(healed.Token);
        await load.RunAsync(TimeSpan.FromSeconds(42));
        var active = await cluster.ActiveSilosAsync();
        await cluster.Network.HealAsync();
        var heal = Time.GetTimestamp();
        await load.RunAsync(TimeSpan.FromSeconds(5));
        await healed.CancelAsync();
        var restarted = await ended;
        await cluster.WhenWholeAsync();

        output.WriteLine($"Active at the end of the partition: {string.Join(", ", active)}; restarted: {restarted}.");
        output.WriteLine($"Whole {Time.GetElapsedTime(heal).TotalSeconds:0.0} s after it.");
        output.WriteLine($"Until they agreed: {load.Summary(at => at >= cut && at < agreed)}.");
        output.WriteLine($"Then: {load.Summary(at => at >= agreed && at < heal)}.");
        output.WriteLine($"Afterwards: {load.Summary(at => at >= heal)}.");
        load.Behind.ShouldBeEmpty();
        load.Answers.Where(static asked => asked.Answer.Status is not (200 or 429 or 503)).ShouldBeEmpty();
        load.Answers.Where(asked => asked.AskedAt >= agreed && asked.AskedAt < heal && asked.Answer.Status != 200)
            .ShouldBeEmpty();
        await load.CheckAcknowledgedAsync();
        (await cluster.AuditAsync()).ExitCode.ShouldBe(0);
    }

    /// <summary>It is the oldest: by age alone both others would end.</summary>
    [Fact]
    public async Task A_silo_that_reaches_no_other_silo_ends_and_the_others_stay()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 3, apis: 0);
        var (lone, others) = (cluster.Silos[0], cluster.Silos.Skip(1).ToList());
        await cluster.Network.CutAsync([lone.Host], others.Select(static silo => silo.Host));
        await lone.EndsAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(Agreement, Time, TestContext.Current.CancellationToken);

        others.ShouldAllBe(static silo => !silo.Member.Process.HasExited);
        (await cluster.ActiveSilosAsync())
            .Order()
            .ShouldBe(others.Select(static silo => silo.Host.Address.ToString()).Order());
    }

    /// <summary>Reads states again and again; each must be shown.</summary>
    private static async Task ShowsFor(
        TimeSpan duration,
        Requests requests,
        NetworkMember api,
        params string[] workflowIds
    )
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
