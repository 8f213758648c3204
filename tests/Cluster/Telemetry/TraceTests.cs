using System.Collections.Immutable;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>Notifications can be followed from the webhook in one process to their commit in another.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    private const string Api = "Orleans.Workflow.Api";
    private const string Silo = "Orleans.Workflow.Silo";
    private const int Crowd = 96;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task One_trace_leads_from_the_webhook_through_the_call_of_the_grain_to_the_commit()
    {
        await using var receiver = new OtlpReceiver();
        await using var cluster = await ProcessCluster.StartAsync(silos: 1, apis: 1, receiver.Settings);
        using var client = new HttpClient(new ContractHandler()) { BaseAddress = cluster.Apis.Single().Address };

        var alone = await Notify(client, "alone", "running");
        var spans = await WhenTraced(receiver, [alone]);

        var received = Received(spans, alone);
        var trace = spans.Where(span => span.TraceId == received.TraceId).ToList();
        output.WriteLine(string.Join('\n', trace));
        received.Service.ShouldBe(Silo);
        received.Attributes["workflow.id"].ShouldBe("alone");
        var webhook = trace.Single(static span => span.ParentId.Length == 0);
        (webhook.Service, webhook.Name, webhook.Attributes["http.route"]).ShouldBe(
            (Api, "POST /webhooks/{source}/workflow-status", "/webhooks/{source}/workflow-status")
        );
        var call = trace.Single(span => span.SpanId == received.ParentId);
        (call.Service, call.ParentId).ShouldBe((Api, webhook.SpanId));
        var commit = trace.Single(static span => span.Name == "workflow.commit");
        (commit.Service, commit.Scope, commit.ParentId).ShouldBe((Silo, "Orleans.Workflow", received.SpanId));
        trace.ShouldContain(span => span.Scope == "Npgsql" && span.ParentId == commit.SpanId);
        ShouldBeLinked(received, commit);
    }

    [Fact]
    public async Task One_trace_leads_from_a_call_completion_to_the_commit_of_its_fact()
    {
        await using var receiver = new OtlpReceiver();
        await using var cluster = await ProcessCluster.StartAsync(silos: 1, apis: 1, receiver.Settings);
        using var client = new HttpClient(new ContractHandler()) { BaseAddress = cluster.Apis.Single().Address };
        var call =
            """
            {"workflow_id":"calls","workflow_name":"Autumn","nodetask_id":"n","nodetask_name":"Voicebot","case_id":"1"}
            """u8;

        var receipt = await Post(client, "call-completion", call.ToArray());
        var spans = await WhenTraced(receiver, [receipt]);

        var received = Received(spans, receipt);
        received.Attributes["workflow.id"].ShouldBe("calls");
        received.Attributes["workflow.effect"].ShouldBe("recorded");
        var commit = spans.Single(static span => span.Name == "fact.commit");
        (commit.TraceId, commit.ParentId).ShouldBe((received.TraceId, received.SpanId));
        ShouldBeLinked(received, commit);
    }

    [Fact]
    public async Task Each_of_many_notifications_is_linked_with_the_commit_that_it_shares()
    {
        await using var receiver = new OtlpReceiver();
        await using var cluster = await ProcessCluster.StartAsync(silos: 1, apis: 1, receiver.Settings);
        using var client = new HttpClient(new ContractHandler()) { BaseAddress = cluster.Apis.Single().Address };

        var receipts = await Task.WhenAll(
            Enumerable.Range(0, Crowd).Select(i => Notify(client, $"crowd-{i % 4}", i % 2 == 0 ? "running" : "paused"))
        );
        var spans = await WhenTraced(receiver, receipts);

        var commits = spans
            .Where(static span => span.Name == "workflow.commit")
            .ToDictionary(static span => span.SpanId);
        foreach (var receipt in receipts)
        {
            var received = Received(spans, receipt);
            ShouldBeLinked(received, received.Links.Where(commits.ContainsKey).Select(id => commits[id]).Single());
        }

        // Only requests begin a trace: neither the cluster's own work nor health checks do.
        spans
            .Where(static span => span.ParentId.Length == 0)
            .ShouldAllBe(static span => span.Name == "POST /webhooks/{source}/workflow-status");
        commits.Values.Sum(static commit => commit.Links.Count).ShouldBe(Crowd);
        commits.Count.ShouldBeLessThan(Crowd);
    }

    private static void ShouldBeLinked(ReceivedSpan notification, ReceivedSpan commit)
    {
        notification.Links.ShouldContain(commit.SpanId);
        commit.Links.ShouldContain(notification.SpanId);
    }

    /// <summary>The span in which a notification was folded.</summary>
    private static ReceivedSpan Received(IEnumerable<ReceivedSpan> spans, string receipt) =>
        spans.Single(span => span.Attributes.GetValueOrDefault("workflow.receipt.id") == receipt);

    private static Task<string> Notify(HttpClient client, string workflowId, string status)
    {
        var notification = new StatusChange(workflowId, "Autumn", status, ImmutableArray<StatusChangeAction>.Empty);
        return Post(client, "workflow-status", VendorJson.Write(notification));
    }

    private static async Task<string> Post(HttpClient client, string kind, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using var answer = await client.PostAsync(
            $"/webhooks/airudder/{kind}",
            content,
            TestContext.Current.CancellationToken
        );
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("X-Receipt-Id").Single();
    }

    /// <summary>
    /// Waits for the spans of receipts with all that belongs to them; processes deliver spans every few seconds, each
    /// its own.
    /// </summary>
    private static async Task<IReadOnlyList<ReceivedSpan>> WhenTraced(OtlpReceiver receiver, string[] receipts)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Timeout);
        while (true)
        {
            var spans = receiver.Spans;
            var known = spans.Select(static span => span.SpanId).ToHashSet();
            var ofReceipts = spans
                .Where(span => receipts.Contains(span.Attributes.GetValueOrDefault("workflow.receipt.id")))
                .ToList();
            var traces = ofReceipts.Select(static span => span.TraceId).ToHashSet();
            if (
                ofReceipts.Count >= receipts.Length
                && ofReceipts.SelectMany(static span => span.Links).All(known.Contains)
                && traces.All(trace => spans.Any(span => span.TraceId == trace && span.ParentId.Length == 0))
                && spans
                    .Where(span => traces.Contains(span.TraceId))
                    .All(span => span.ParentId.Length == 0 || known.Contains(span.ParentId))
            )
            {
                return spans;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
        }
    }
}
