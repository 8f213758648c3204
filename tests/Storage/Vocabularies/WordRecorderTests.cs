using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Vocabularies;

/// <summary>What is counted of words reaches the database, also when the process stops.</summary>
public sealed class WordRecorderTests
{
    [Fact]
    public async Task Counts_that_are_being_stored_when_the_process_stops_are_stored_by_the_last_attempt()
    {
        var counts = new WordCounts();
        counts.Add(new Receipt(Guid.CreateVersion7(), Sample.Time, "airudder", new Notification("w", "A name", "odd", [])));
        var table = new SlowTable();
        using var recorder = new WordRecorder(counts, table, TimeProvider.System, NullLogger<WordRecorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        await table.WhenAsked.InTime();

        await recorder.StopAsync(CancellationToken.None);

        table.Stored.ShouldHaveSingleItem().Word.ShouldBe("odd");
    }

    /// <summary>Answers the first attempt only when it is cancelled.</summary>
    private sealed class SlowTable : IWordTable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenAsked => _asked.Task;

        public List<WordCount> Stored { get; } = [];

        public async Task Add(IReadOnlyList<WordCount> counts, CancellationToken cancellationToken)
        {
            if (_asked.TrySetResult())
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

            Stored.AddRange(counts);
        }

        public Task<IReadOnlyList<WordCount>> Read(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<WordCount>>(Stored);
    }
}
