using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Totals;

/// <summary>The metrics of what is stored, of a silo that starts on what is there, on every database.</summary>
public abstract class TotalsCompliance(ITestDatabases databases)
{
    [Fact]
    public async Task They_count_workflows_by_phase_and_attention_refused_requests_and_the_longest_silence()
    {
        var settings = await databases.CreateAsync();
        var now = TimeProvider.System.GetUtcNow();
        await using (var before = await SiloUnderTest.StartAsync(settings))
        {
            await Receive(before, "ended", "finished", now.AddHours(-9));
            await Receive(before, "silent", "running", now.AddHours(-5));
            await Receive(before, "repeated", "running", now.AddHours(-7));
            await Receive(before, "repeated", "running", now.AddHours(-1));
            await Receive(before, "planned", "created", now);
            await Receive(before, "odd", "hibernating", now);
            await Refuse(before, now);
        }

        using var measured = new Measurements();
        await using var silo = await SiloUnderTest.StartAsync(settings);
        await Deadline.Until(() => measured.Of(silo).ContainsKey("workflow.rejected"), "the totals are shown");

        var values = measured.Of(silo);
        values["workflow.workflows scheduled"].ShouldBe(1);
        values["workflow.workflows active"].ShouldBe(3, "an unknown word too");
        values["workflow.workflows ended"].ShouldBe(1);
        values["workflow.workflows unknown"].ShouldBe(0);
        values["workflow.attention unrecognised_status"].ShouldBe(1);
        values["workflow.attention conflicting_outcome"].ShouldBe(0);
        values["workflow.attention unfinished_tasks"].ShouldBe(0);
        values["workflow.attention several_sources"].ShouldBe(0);
        values["workflow.rejected"].ShouldBe(1);
        values["workflow.silence.oldest"].ShouldBe(TimeSpan.FromHours(5).TotalSeconds, tolerance: 600);
        values["workflow.totals.read.timestamp"].ShouldBe(now.ToUnixTimeSeconds(), tolerance: 600);
    }

    private static Task<Acknowledgement> Receive(
        SiloUnderTest silo,
        string workflowId,
        string status,
        DateTimeOffset at
    ) => silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, status) with { ReceivedAt = at });

    private static Task Refuse(SiloUnderTest silo, DateTimeOffset at) =>
        silo
            .Services.GetRequiredService<SqlRejectedRequests>()
            .Add(new RejectedRequest(Guid.CreateVersion7(at), at, "airudder", 400, null, "Wrong.", null, null));

    /// <summary>The last measurements of the product's gauges. Other silos of this process measure too.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentDictionary<(object? Process, string Series), double> _last = new();
        private readonly MeterListener _listener;

        public Measurements()
        {
            _listener = new MeterListener
            {
                InstrumentPublished = static (instrument, listening) =>
                {
                    if (instrument.Meter.Name == "Orleans.Workflow")
                        listening.EnableMeasurementEvents(instrument);
                },
            };
            _listener.SetMeasurementEventCallback<double>(Note);
            _listener.SetMeasurementEventCallback<long>(
                (instrument, value, tags, state) => Note(instrument, value, tags, state)
            );
            _listener.Start();
        }

        public Dictionary<string, double> Of(SiloUnderTest silo)
        {
            _listener.RecordObservableInstruments();
            var meters = silo.Services.GetRequiredService<IMeterFactory>();
            return _last
                .Where(of => of.Key.Process == meters)
                .ToDictionary(static of => of.Key.Series, static of => of.Value);
        }

        public void Dispose() => _listener.Dispose();

        private void Note(
            Instrument instrument,
            double value,
            ReadOnlySpan<KeyValuePair<string, object?>> tags,
            object? state
        ) =>
            _last[(instrument.Meter.Scope, tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}")] =
                value;
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteTotals(SqliteDatabases databases) : TotalsCompliance(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresTotals(PostgresDatabases databases) : TotalsCompliance(databases);
