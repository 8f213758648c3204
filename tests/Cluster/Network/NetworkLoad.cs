using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Notifies of workflows with one node task each, and reads both, through the Apis in turn. Each notification has a
/// task status of its own, so each raises the version of the workflow and of the node task.
/// </summary>
internal sealed class NetworkLoad(IReadOnlyList<NetworkMember> apis, Requests requests, int workflows)
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    private readonly int[] _sent = new int[workflows];
    private readonly int[] _acknowledged = new int[workflows];

    /// <summary>All answers, with the time at which each was asked for.</summary>
    public ConcurrentQueue<(long AskedAt, string Path, Requests.Answer Answer)> Answers { get; } = new();

    /// <summary>Node tasks that were behind what their workflow showed before.</summary>
    public ConcurrentQueue<string> Behind { get; } = new();

    /// <summary>Runs for a time.</summary>
    public Task RunAsync(TimeSpan duration)
    {
        var start = Time.GetTimestamp();
        return Task.WhenAll(
            Enumerable
                .Range(0, workflows)
                .Select(async i =>
                {
                    await Task.Delay(Pause * i / workflows, Time, TestContext.Current.CancellationToken);
                    while (Time.GetElapsedTime(start) < duration)
                    {
                        await Round(i);
                        await Task.Delay(Pause, Time, TestContext.Current.CancellationToken);
                    }
                })
        );
    }

    /// <summary>Every workflow shows at least what was acknowledged.</summary>
    public async Task CheckAcknowledgedAsync()
    {
        for (var i = 0; i < workflows; i++)
        {
            var read = await Ask(apis[0], $"/workflows/p{i}");
            read.Status.ShouldBe(200);
            read.Version.ShouldBeInRange(_acknowledged[i], _sent[i], $"p{i}");
        }
    }

    /// <summary>The answers from a time on, counted by status.</summary>
    public string Summary(Func<long, bool> askedAt) =>
        string.Join(
            ", ",
            Answers
                .Where(answer => askedAt(answer.AskedAt))
                .CountBy(static answer => answer.Answer.Status)
                .Select(static count => $"{count.Value} × {count.Key}")
        );

    private async Task Round(int i)
    {
        var (first, second) = (apis[_sent[i] % apis.Count], apis[(_sent[i] + 1) % apis.Count]);
        var word = string.Create(CultureInfo.InvariantCulture, $"step {++_sent[i]}");
        var asked = Time.GetTimestamp();
        var notified = await requests.Notify(first, $"p{i}", "running", "t", word);
        Answers.Enqueue((asked, "notification", notified));
        if (notified.Status == 200)
            _acknowledged[i]++;

        var workflow = await Ask(second, $"/workflows/p{i}");
        if (workflow.Status != 200)
            return;

        using var state = JsonDocument.Parse(workflow.Text);
        var shown = state.RootElement.GetProperty("nodes")[0].GetProperty("version").GetInt64();
        var node = await Ask(first, $"/workflows/p{i}/nodes/n");
        if (node.Status == 404 || (node.Status == 200 && node.Version < shown))
            Behind.Enqueue($"p{i}: its workflow showed version {shown}, then the node answered {node}");
    }

    private async Task<Requests.Answer> Ask(NetworkMember api, string path)
    {
        var asked = Time.GetTimestamp();
        var answer = await requests.Get(api, path);
        Answers.Enqueue((asked, path, answer));
        return answer;
    }
}
