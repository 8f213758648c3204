using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Readers of workflows and of one node task each, through every Api, during the faults. Versions and phases never go
/// back, and no answer is older than an acknowledgement or an answer before the request.
/// </summary>
internal sealed class MonotonyWatch(ImmutableArray<Uri> apis, TimeProvider time) : IDisposable
{
    private const int Readers = 4;
    private const int MaxFollowed = 400;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private static readonly string[] Phases = ["scheduled", "active", "ended"];

    private readonly HttpClient _http = new(
        new ContractHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
    )
    {
        Timeout = TimeSpan.FromSeconds(12),
    };
    private readonly ConcurrentDictionary<string, Known> _followed = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();
    private int _answers;

    /// <summary>What did not hold.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>How many states were read.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Reads workflows too; those that were followed longest are left.</summary>
    public void Follow(IEnumerable<string> workflowIds)
    {
        foreach (var workflowId in workflowIds)
        {
            if (_followed.TryAdd(workflowId, new Known()))
                _order.Enqueue(workflowId);
        }

        while (_followed.Count > MaxFollowed && _order.TryDequeue(out var oldest))
            _followed.TryRemove(oldest, out _);
    }

    /// <summary>Notes an acknowledgement: every later read must show at least its version.</summary>
    public void Acknowledged(Sending sending)
    {
        if (_followed.TryGetValue(sending.PlannedDelivery.WorkflowId, out var known))
            known.AtLeast(sending.Acknowledged!.Version);
    }

    /// <summary>Reads until it is cancelled.</summary>
    public Task ReadAsync(CancellationToken cancellation) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Readers)
                .Select(reader => Task.Run(() => Read(reader, cancellation), CancellationToken.None))
        );

    public void Dispose() => _http.Dispose();

    private async Task Read(int reader, CancellationToken cancellation)
    {
        var api = reader;
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var (workflowId, known) in _followed.Where(followed => Mine(followed.Key)))
            {
                if (cancellation.IsCancellationRequested)
                    return;

                await Read(workflowId, known, apis[api++ % apis.Length]);
                await Task.Delay(Pause, time, CancellationToken.None);
            }

            await Task.Delay(Pause, time, CancellationToken.None);
        }

        // One reader a workflow: its reads follow each other.
        bool Mine(string workflowId) =>
            (uint)string.GetHashCode(workflowId, StringComparison.Ordinal) % Readers == reader;
    }

    private async Task Read(string workflowId, Known known, Uri api)
    {
        var atLeast = known.Version;
        try
        {
            using var answer = await _http.GetAsync(new Uri(api, $"/workflows/{Uri.EscapeDataString(workflowId)}"));
            if (answer.StatusCode == HttpStatusCode.NotFound && atLeast > 0)
                Violations.Enqueue($"{workflowId} has version {atLeast}, and {api} did not know it");

            if (answer.StatusCode != HttpStatusCode.OK)
                return;

            using var state = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
            Compare(workflowId, known, atLeast, state.RootElement, api);
            Interlocked.Increment(ref _answers);
            await ReadNode(workflowId, known, state.RootElement, api);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // Without an answer there is nothing to check.
        }
    }

    /// <summary>Reads one of the node tasks of a state that was shown, each in its turn.</summary>
    private async Task ReadNode(string workflowId, Known known, JsonElement state, Uri api)
    {
        var nodes = state.GetProperty("nodes");
        if (nodes.GetArrayLength() == 0)
            return;

        var shown = nodes[known.NodeReads++ % nodes.GetArrayLength()];
        var nodeId = shown.GetProperty("nodetask_id").GetString()!;
        var atLeast = shown.GetProperty("version").GetInt64();
        using var answer = await _http.GetAsync(
            new Uri(api, $"/workflows/{Uri.EscapeDataString(workflowId)}/nodes/{Uri.EscapeDataString(nodeId)}")
        );
        if (answer.StatusCode == HttpStatusCode.NotFound)
            Violations.Enqueue($"node {nodeId} of {workflowId} has version {atLeast}, and {api} did not know it");

        if (answer.StatusCode != HttpStatusCode.OK)
            return;

        using var node = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        var version = node.RootElement.GetProperty("version").GetInt64();
        if (version < atLeast)
            Violations.Enqueue($"node {nodeId} of {workflowId} had version {atLeast}, and {api} showed {version}");
    }

    private void Compare(string workflowId, Known known, long atLeast, JsonElement state, Uri api)
    {
        var version = state.GetProperty("version").GetInt64();
        if (version < atLeast)
            Violations.Enqueue($"{workflowId} had version {atLeast}, and {api} showed {version}");

        known.AtLeast(version);
        var registers = state
            .GetProperty("nodes")
            .EnumerateArray()
            .SelectMany(static node =>
                node.GetProperty("tasks")
                    .EnumerateArray()
                    .Select(task =>
                        (
                            $"{node.GetProperty("nodetask_id")}/{task.GetProperty("task_id")}",
                            task.GetProperty("phase").GetString()
                        )
                    )
            )
            .Append(("", state.GetProperty("phase").GetString()));
        foreach (var (register, phase) in registers)
        {
            var place = Array.IndexOf(Phases, phase);
            if (known.Phases.TryGetValue(register, out var before) && place < before)
                Violations.Enqueue(
                    $"{workflowId}: register '{register}' was {Phases[before]}, and {api} showed {phase ?? "nothing"}"
                );

            known.Phases[register] = place;
        }
    }

    /// <summary>What is known of a workflow. Its phases and nodes belong to one reader.</summary>
    private sealed class Known
    {
        private long _version;

        public long Version => Volatile.Read(ref _version);

        public int NodeReads { get; set; }

        public Dictionary<string, int> Phases { get; } = new(StringComparer.Ordinal);

        public void AtLeast(long version)
        {
            for (var seen = Version; seen < version; )
            {
                var before = Interlocked.CompareExchange(ref _version, version, seen);
                if (before == seen)
                    return;

                seen = before;
            }
        }
    }
}
