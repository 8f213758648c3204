using System.Net;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>
/// A correct vendor: concurrent clients that send a plan over HTTP, each delivery again until its answer is 200. They
/// try again after no connection, no answer, 429 and 503; any other answer ends the run.
/// </summary>
public sealed class DeliveryRun : IDisposable
{
    private readonly DeliveryPlan _plan;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(
        new ContractHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private Task _delivering = Task.CompletedTask;
    private int _next = -1;

    /// <summary>Prepares to deliver a plan.</summary>
    public DeliveryRun(DeliveryPlan plan, DeliveryOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        (_plan, _options, _time) = (plan, options, time ?? TimeProvider.System);
        Log = new DeliveryLog(_time);
    }

    /// <summary>What was sent so far.</summary>
    public DeliveryLog Log { get; }

    /// <summary>Delivers the plan.</summary>
    /// <exception cref="DeliveryException">A delivery was refused, or not acknowledged in time.</exception>
    public Task DeliverAsync(CancellationToken cancellation = default) => _delivering = Deliver(cancellation);

    /// <summary>Waits until a number of deliveries have been acknowledged, or the run ends.</summary>
    /// <exception cref="DeliveryException">The run has failed.</exception>
    public async Task WhenAcknowledged(int count)
    {
        if (await Task.WhenAny(Log.WhenAcknowledged(count), _delivering) == _delivering)
            await _delivering;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task Deliver(CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = _time.GetTimestamp();
        var clients = Enumerable
            .Range(0, _options.Clients)
            .Select(client => Task.Run(() => RunClient(client, start, failed), cancellation))
            .ToList();
        try
        {
            await Task.WhenAll(clients);
        }
        catch (OperationCanceledException) when (clients.Find(static client => client.IsFaulted) is { } first)
        {
            // The first failure ends the others: it is the one to report.
            await first;
        }
    }

    private async Task RunClient(int client, long start, CancellationTokenSource failed)
    {
        var address = client;
        try
        {
            while (Interlocked.Increment(ref _next) is var place && place < _plan.Deliveries.Length)
            {
                await WaitForTurn(place, start, failed.Token);
                address = await Deliver(_plan.Deliveries[place], address, failed.Token);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private async Task WaitForTurn(int place, long start, CancellationToken cancellation)
    {
        if (_options.Gate is { } gate)
            await gate(place).WaitAsync(cancellation);

        if (_options.PerSecond is not { } perSecond)
            return;

        var wait = TimeSpan.FromSeconds((double)place / perSecond) - _time.GetElapsedTime(start);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _time, cancellation);
    }

    /// <summary>Sends a delivery until it is acknowledged.</summary>
    /// <returns>The place of the address that did.</returns>
    private async Task<int> Deliver(PlannedDelivery plannedDelivery, int address, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var sending = await Send(
                plannedDelivery,
                _options.Addresses[address % _options.Addresses.Length],
                cancellation
            );
            Log.Add(sending);
            if (sending.Acknowledged is not null)
            {
                _options.Acknowledged?.Invoke(sending);
                return address;
            }

            if (_time.GetElapsedTime(start) > _options.Deadline)
            {
                if (_options.GivesUp)
                    return address;

                throw new DeliveryException(
                    $"A delivery of workflow {plannedDelivery.WorkflowId} was not acknowledged within "
                        + $"{_options.Deadline.TotalSeconds:0} s; the last answer: {sending.Answer}. All answers: "
                        + $"{Log.Answers()}."
                );
            }

            address++;
            await Task.Delay(_options.Pause, _time, cancellation);
        }
    }

    private async Task<Sending> Send(PlannedDelivery plannedDelivery, Uri address, CancellationToken cancellation)
    {
        using var content = new CountedContent(plannedDelivery.Body);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_options.Timeout);
        var start = _time.GetTimestamp();
        var url = new Uri(address, $"/webhooks/{Uri.EscapeDataString(plannedDelivery.Source)}/workflow-status");
        try
        {
            using var answer = await _http.PostAsync(url, content, timeout.Token);
            var acknowledged = await Read(plannedDelivery, answer, timeout.Token);
            return Sent($"{(int)answer.StatusCode}", acknowledged);
        }
        catch (HttpRequestException exception)
        {
            return Sent(
                exception.InnerException is System.Net.Sockets.SocketException socket
                    ? socket.SocketErrorCode.ToString()
                    : exception.HttpRequestError.ToString()
            );
        }
        catch (IOException)
        {
            return Sent("broken off");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Sent("no answer");
        }

        Sending Sent(string answer, Acknowledged? acknowledged = null) =>
            new(plannedDelivery, address, start, _time.GetTimestamp(), content.Written, answer, acknowledged);
    }

    private static async Task<Acknowledged?> Read(
        PlannedDelivery plannedDelivery,
        HttpResponseMessage answer,
        CancellationToken cancellation
    )
    {
        if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            return null;

        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (
            answer.StatusCode == HttpStatusCode.OK
            && text == "{}"
            && Guid.TryParse(Header("X-Receipt-Id"), out var receiptId)
            && Header("X-Effect") is { } effect
            && long.TryParse(Header("X-Workflow-Version"), out var version)
        )
        {
            return new Acknowledged(receiptId, effect, version);
        }

        throw new DeliveryException(
            $"A delivery of workflow {plannedDelivery.WorkflowId} was answered {(int)answer.StatusCode}, which "
                + $"is no answer "
                + $"of the contract to a sound notification:\n{answer.Headers}{text}"
        );

        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }
}
