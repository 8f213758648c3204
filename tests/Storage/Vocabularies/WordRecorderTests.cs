using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Vocabularies;

/// <summary>What is counted of words reaches the database, also when the process stops.</summary>
public sealed class WordRecorderTests
{
    [Fact]
    public async Task Counts_that_are_being_stored_when_the_process_stops_are_stored_by_the_last_attempt()
    {
        var counts = new StatusUsageCounter();
        counts.Add(
            new Receipt(Guid.CreateVersion7(), Sample.Time, "airudder", new StatusChange("w", "A name", "odd", []))
        );
        var table = new SlowTable();
        using var recorder = new StatusUsageRecorder(
            counts,
            table,
            TimeProvider.System,
            NullLogger<StatusUsageRecorder>.Instance
        );
        await recorder.StartAsync(CancellationToken.None);
        await table.WhenAsked.InTime();

        await recorder.StopAsync(CancellationToken.None);

        table.Stored.ShouldHaveSingleItem().Word.ShouldBe("odd");
    }

    /// <summary>Answers the first attempt only when it is cancelled.</summary>
    private sealed class SlowTable : IStatusUsageStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenAsked => _asked.Task;

        public List<StatusUsage> Stored { get; } = [];

        public async Task Add(IReadOnlyList<StatusUsage> counts, CancellationToken cancellationToken)
        {
            if (_asked.TrySetResult())
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

            Stored.AddRange(counts);
        }

        public Task<IReadOnlyList<StatusUsage>> Read(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<StatusUsage>>(Stored);
    }
}
