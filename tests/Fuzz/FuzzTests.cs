using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Fuzz.Tests.Http;
using Orleans.Workflow.Fuzz.Tests.Requests;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Fuzz.Tests;

/// <summary>
/// Thirty thousand odd requests at a running product on PostgreSQL. <c>FUZZ_SEED</c> and <c>FUZZ_REQUESTS</c> make
/// it others, or fewer, or more.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Connections = 16;
    private const int Rounds = 4;

    /// <summary>
    /// By how much the product may have grown between the second round and the last, for each request, in bytes.
    /// </summary>
    private const long MaxGrowth = 2048;

    private readonly int _seed = Setting("FUZZ_SEED", 20261123);
    private readonly int _requests = Setting("FUZZ_REQUESTS", 30_000);
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly DeliveryLog _accepted = new(TimeProvider.System);
    private PostgresServer? _server;
    private ServiceProcess? _product;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        var ports = FreePort.Next(3);
        _address = new Uri($"http://127.0.0.1:{ports[0]}");
        _product = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls={_address}",
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={await _server.CreateDatabaseAsync("fuzz")}",
                $"--Cluster:SiloPort={ports[1]}",
                $"--Cluster:GatewayPort={ports[2]}",
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development"), new("DOTNET_ENVIRONMENT", null)]
        );
        await _product.WaitUntilReadyAsync(new Uri(_address, "/health/ready"), TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is not null)
            await _product.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_request_is_accepted_into_the_state_or_refused_with_a_reason()
    {
        var memory = new List<long>();
        for (var round = 0; round < Rounds; round++)
        {
            await Send(_requests / Rounds * round, _requests / Rounds * (round + 1));
            memory.Add(ResidentBytes());
        }

        var resident = string.Join(", ", memory.Select(static bytes => $"{bytes >> 20} MiB"));
        output.WriteLine($"seed {_seed}, {_requests} requests; resident after each quarter: {resident}");
        foreach (var (outcome, count) in _outcomes.OrderBy(static outcome => outcome.Key, StringComparer.Ordinal))
            output.WriteLine($"{count, 8} × {outcome}");

        _wrong.Take(20).ShouldBeEmpty($"seed {_seed}");
        _product.ShouldNotBeNull().HasExited.ShouldBeFalse();
        _product.Output.Lines.ShouldNotContain(static line =>
            line.Contains("Unhandled exception", StringComparison.Ordinal)
        );
        (memory[^1] - memory[1]).ShouldBeLessThan(MaxGrowth * (_requests / 2));

        // Everything was reached, or the test would prove less than it says.
        foreach (
            var outcome in (string[])
                [
                    "notification → 200",
                    "notification → 400",
                    "content type → 200",
                    "content type → 415",
                    "path → 200",
                    "path → 404",
                    "compressed → 200",
                    "compressed → 400",
                    "compressed → 415",
                    "query → 200",
                    "query → 400",
                    "query → 404",
                    "query → 405",
                    "no HTTP → 400",
                ]
        )
            _outcomes.ContainsKey(outcome).ShouldBeTrue(outcome);

        var report = await DeliveryChecker.CheckAsync(_accepted, _address, TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        report.ThrowIfViolated();
        report.Receipts.ShouldBeGreaterThanOrEqualTo(_accepted.AcknowledgedCount);
    }

    private async Task Send(int from, int to)
    {
        var next = from - 1;
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async _ =>
                {
                    await using var connection = new RawConnection(_address.Port);
                    while (Interlocked.Increment(ref next) is var number && number < to)
                    {
                        var request = FuzzRequests.Draw(_seed, number);
                        Judge(number, request, await connection.Send(request));
                    }
                })
        );
    }

    private void Judge(int number, FuzzRequest request, RawResponse answer)
    {
        _outcomes.AddOrUpdate($"{request.Kind} → {answer.Status}", 1, static (_, count) => count + 1);
        var isRight = request.Expected switch
        {
            Expected.Accepted => answer.Status == 200 && Note(number, request, answer),
            Expected.Refused => answer.IsExplained
                && (
                    answer.Status is 400 or 404 or 413 or 415
                    // Strangers at a wrong path are answered so once there are too many of them.
                    || (answer.Status == 429 && request.Kind.StartsWith("path", StringComparison.Ordinal))
                ),
            Expected.Answered => answer.Status is >= 200 and < 400
                || (answer.Status is >= 400 and < 500 && (request.IsHead || answer.IsExplained)),

            // 505 is what another version of HTTP is answered.
            _ => answer.Status is < 500 or 505,
        };
        if (!isRight || !IsAsDescribed(request, answer))
        {
            _wrong.Enqueue(
                $"request {number} ({request.Kind}, {request.Expected}) was answered "
                    + $"{answer}\n{Encoding.Latin1.GetString(request.Bytes)}"
            );
        }
    }

    /// <summary>Whether an answer fits docs/openapi.json. What is no HTTP asks for no operation of it.</summary>
    private bool IsAsDescribed(FuzzRequest request, RawResponse answer)
    {
        if (request.Expected == Expected.Survived)
            return true;

        var line = Encoding.Latin1.GetString(request.Bytes.AsSpan()[..request.Bytes.IndexOf((byte)'\n')]).Split(' ');
        try
        {
            Contract.Check(
                line[0],
                line[1].Split('?')[0],
                answer.Status,
                answer.Header("content-type")?.Split(';')[0],
                answer.Body
            );
            return true;
        }
        catch (ContractException exception)
        {
            _wrong.Enqueue(exception.Message);
            return false;
        }
    }

    /// <summary>Notes what was accepted, for the checker.</summary>
    private bool Note(int number, FuzzRequest request, RawResponse answer)
    {
        if (!Guid.TryParse(answer.Header("x-receipt-id"), out var receiptId))
            return false;

        // A receipt shows its body as JSON in JSON: without a byte order mark, and without blanks around it.
        var body = request.Body is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : request.Body!;
        using var document = JsonDocument.Parse(body);
        var shown = Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
        var plannedDelivery = new PlannedDelivery(
            number,
            "airudder",
            VendorJson.Read(body),
            ImmutableCollectionsMarshal.AsImmutableArray(shown)
        );
        _accepted.Add(
            new Sending(
                plannedDelivery,
                _address,
                0,
                0,
                Written: 1,
                "200",
                new Acknowledged(
                    receiptId,
                    answer.Header("x-effect")!,
                    long.Parse(answer.Header("x-workflow-version")!, CultureInfo.InvariantCulture)
                )
            )
        );
        return true;
    }

    private long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_product!.Id}/status")
            .Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            * 1024;
    }

    private static int Setting(string name, int fallback) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
