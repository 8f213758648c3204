using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Silence;

/// <summary>The gauge of the oldest silence, in a silo that starts on what is there.</summary>
public sealed class SilenceGaugeTests(SqliteDatabases databases)
{
    [Fact]
    public async Task It_measures_since_when_nothing_was_received_of_what_has_not_ended()
    {
        var settings = await databases.CreateAsync();
        var now = TimeProvider.System.GetUtcNow();
        await using (var before = await SiloUnderTest.StartAsync(settings))
        {
            await before
                .Workflow("ended")
                .Receive(Receipts.Of("ended", "finished") with { ReceivedAt = now.AddHours(-9) });
            await before
                .Workflow("silent")
                .Receive(Receipts.Of("silent", "running") with { ReceivedAt = now.AddHours(-5) });
            await before
                .Workflow("repeated")
                .Receive(Receipts.Of("repeated", "running") with { ReceivedAt = now.AddHours(-7) });
            await before
                .Workflow("repeated")
                .Receive(Receipts.Of("repeated", "running") with { ReceivedAt = now.AddHours(-1) });
        }

        var measured = new ConcurrentQueue<(object? Process, double Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument is { Meter.Name: "Orleans.Workflow", Name: "workflow.silence.oldest", Unit: "s" })
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) => measured.Enqueue((instrument.Meter.Scope, value))
        );
        listener.Start();
        await using var silo = await SiloUnderTest.StartAsync(settings);

        // Other silos of this process measure too.
        var meters = silo.Services.GetRequiredService<IMeterFactory>();
        var own = measured.Where(of => of.Process == meters).Select(static of => of.Value);
        await Deadline.Until(
            () =>
            {
                listener.RecordObservableInstruments();
                return own.Any(static value => Math.Abs(value - TimeSpan.FromHours(5).TotalSeconds) < 600);
            },
            "a measurement of five hours"
        );
        own.Max().ShouldBeLessThan(TimeSpan.FromHours(6).TotalSeconds);
    }
}
