using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Cluster.Tests.Facts;

/// <summary>
/// Facts and status changes of some workflows, most of them more than once, in any order and in parallel. Each is sent
/// until it is acknowledged.
/// </summary>
internal sealed class FactLoad : IDisposable
{
    private const int Workflows = 20,
        Nodes = 3,
        Calls = 2_000,
        Senders = 16;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly string[] Statuses = ["creating", "running", "paused", "running", "finished"];

    private readonly HttpClient _http = new(new ContractHandler()) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ImmutableArray<Uri> _apis;
    private readonly ImmutableArray<(string Path, string Body)> _sent;
    private Task _sending = Task.CompletedTask;
    private int _acknowledged;

    /// <summary>Makes the load.</summary>
    /// <param name="seed">Chooses what is sent, and in which order.</param>
    /// <param name="apis">Where it is sent.</param>
    public FactLoad(int seed, params ImmutableArray<Uri> apis)
    {
        _apis = apis;
        var random = new Random(seed);
        var once = new List<(string, string)>();
        for (var call = 0; call < Calls; call++)
            once.Add(("call-completion", Call(call, $"{random.Next(5)}")));

        for (var workflow = 0; workflow < Workflows; workflow++)
        {
            once.AddRange(Statuses.Select(status => ("workflow-status", StatusChange(workflow, status))));
            for (var entry = 0; entry < 10; entry++)
                once.Add(("list-completion", ListCompletion(workflow, entry)));
        }

        var sent = once.SelectMany(one => Enumerable.Repeat(one, 1 + random.Next(3))).ToArray();
        random.Shuffle(sent);
        _sent = [.. sent];
    }

    /// <summary>How many were acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How many there are.</summary>
    public int Count => _sent.Length;

    /// <summary>Sends all of it.</summary>
    public Task SendAsync(CancellationToken cancellation)
    {
        var next = -1;
        return _sending = Task.WhenAll(
            Enumerable
                .Range(0, Senders)
                .Select(async _ =>
                {
                    for (int place; (place = Interlocked.Increment(ref next)) < _sent.Length; )
                    {
                        await SendUntilAcknowledged(place, cancellation);
                        Interlocked.Increment(ref _acknowledged);
                    }
                })
        );
    }

    /// <summary>Completes when a number was acknowledged, or when nothing more is sent.</summary>
    public async Task WhenAcknowledged(int count, CancellationToken cancellation)
    {
        while (Acknowledged < count && !_sending.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
    }

    /// <summary>Compares what an Api answers with what was sent.</summary>
    public async Task CheckAsync(Uri api, CancellationToken cancellation)
    {
        var calls = _sent
            .Where(static one => one.Path == "call-completion")
            .Select(static one => one.Body)
            .Distinct()
            .Select(static body => JsonDocument.Parse(body).RootElement)
            .ToList();
        for (var workflow = 0; workflow < Workflows; workflow++)
        {
            var id = Id(workflow);
            using var answer = JsonDocument.Parse(
                await _http.GetStringAsync(new Uri(api, $"/workflows/{id}"), cancellation)
            );
            var own = calls.Where(call => Text(call, "workflow_id") == id).ToList();
            answer.RootElement.GetProperty("phase").GetString().ShouldBe("ended");
            Shown(answer.RootElement).ShouldBe(Expected(own, lists: 10), id);
            foreach (var node in answer.RootElement.GetProperty("nodes").EnumerateArray())
                Shown(node)
                    .ShouldBe(
                        Expected(
                            [.. own.Where(call => Text(call, "nodetask_id") == Text(node, "nodetask_id"))],
                            lists: 0
                        ),
                        $"{id} {Text(node, "nodetask_id")}"
                    );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task SendUntilAcknowledged(int place, CancellationToken cancellation)
    {
        var (path, body) = _sent[place];
        var start = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var api = _apis[(place + attempt) % _apis.Length];
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            try
            {
                using var answer = await _http.PostAsync(
                    new Uri(api, $"/webhooks/airudder/{path}"),
                    content,
                    cancellation
                );
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;

                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                // The Api is not there at the moment.
                cancellation.ThrowIfCancellationRequested();
            }

            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Deadline, $"{path} was not acknowledged");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        }
    }

    private static string Shown(JsonElement answer) =>
        string.Join(
            "; ",
            answer
                .GetProperty("facts")
                .EnumerateObject()
                .Select(static kind =>
                    $"{kind.Name} {kind.Value.GetProperty("count")} "
                    + string.Join(',', kind.Value.GetProperty("values").EnumerateObject())
                )
        );

    private static string Expected(List<JsonElement> calls, int lists) =>
        string.Join(
            "; ",
            (IEnumerable<string>)
                [
                    .. lists > 0 ? [$"list_completion {lists} "] : Array.Empty<string>(),
                    .. calls.Count > 0
                        ?
                        [
                            $"call_completion {calls.Count} "
                                + string.Join(
                                    ',',
                                    calls
                                        .GroupBy(static call => Text(call, "hangup_reason"))
                                        .OrderBy(static reason => reason.Key, StringComparer.Ordinal)
                                        .Select(static reason => $"\"{reason.Key}\":{reason.Count()}")
                                ),
                        ]
                        : Array.Empty<string>(),
                ]
        );

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string Id(int workflow) => $"facts{workflow:x27}";

    private static string Call(int call, string reason) =>
        $$"""
            {"workflow_id":"{{Id(call % Workflows)}}","workflow_name":"Autumn","nodetask_id":"n{{call % Nodes}}",
            "nodetask_name":"A call","case_id":"case{{call}}","call_id":"call{{call}}","callee":"+1555{{call:0000000}}",
            "hangup_reason":"{{reason}}"}
            """;

    private static string ListCompletion(int workflow, int entry) =>
        $$"""
            {"workflow_id":"{{Id(workflow)}}","workflow_name":"Autumn","case_id":"entry{{entry}}",
            "callee_number":"+1555010{{entry:00}}",
            "rows":[{"nodetask_id":"n{{entry % Nodes}}","nodetask_name":"A call","node_type":"call"}]}
            """;

    private static string StatusChange(int workflow, string status) =>
        $$"""
            {"workflow_id":"{{Id(workflow)}}","workflow_name":"Autumn","status":"{{status}}","actions":[
            {"nodetask_id":"n0","nodetask_name":"A call","node_type":"call","task_id":"t","task_status":"{{status}}"}]}
            """;
}
