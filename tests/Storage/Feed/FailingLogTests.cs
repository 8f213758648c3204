using System.Collections.Immutable;
using CsCheck;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>
/// A follower over a log whose calls fail. Each change is read once and in order, whichever call fails.
/// </summary>
public sealed class FailingLogTests
{
    private const int Limit = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_read_that_fails_at_any_of_its_calls_skips_nothing(int failing)
    {
        // Position 3 is still being written: the first read passes 1 and 2 and has to ask for open transactions.
        var log = new ModelLog();
        log.Commit(log.Draw());
        log.Commit(log.Draw());
        var open = log.Draw();
        log.Commit(log.Draw());
        log.FailAt(failing);

        var reader = new RetryingReader(log);
        await reader.Read();
        await reader.Read();
        log.Commit(open);
        await reader.ReadToEnd();

        reader.Positions.ShouldBe([1, 2, 3, 4]);
        log.Failures.ShouldBe(1);
    }

    [Fact]
    public void Each_change_is_read_once_and_in_order_for_any_order_of_commits_and_any_failing_calls() =>
        Gen.Select(Gen.Enum<Step>().Array[1, 60], Gen.Int[0, 1].Array[200], Gen.Int[0, 1000])
            .Sample(
                (steps, failures, seed) =>
                {
                    var log = new ModelLog { Failing = failures };
                    var reader = new RetryingReader(log);
                    var (open, random) = (new List<long>(), new Random(seed));
                    foreach (var step in steps)
                        Take(step, log, reader, open, random);

                    foreach (var position in open)
                        log.Commit(position);

                    log.Failing = [];
                    reader.ReadToEnd().GetAwaiter().GetResult();
                    return reader.Positions.SequenceEqual(log.Committed);
                },
                iter: 2000
            );

    private static void Take(Step step, ModelLog log, RetryingReader reader, List<long> open, Random random)
    {
        if (step == Step.Draw)
        {
            open.Add(log.Draw());
        }
        else if (step == Step.Read)
        {
            reader.Read().GetAwaiter().GetResult();
        }
        else if (open.Count > 0)
        {
            var place = random.Next(open.Count);
            if (step == Step.Commit)
                log.Commit(open[place]);
            else
                log.RollBack(open[place]);

            open.RemoveAt(place);
        }
    }

    private enum Step
    {
        Draw,
        Commit,
        RollBack,
        Read,
    }

    /// <summary>Reads, and reads again when that failed.</summary>
    private sealed class RetryingReader(ModelLog log)
    {
        private readonly Follower<Change> _follower = new(log);

        public List<long> Positions { get; } = [];

        public async Task<bool> Read()
        {
            try
            {
                var read = await _follower.Read(Limit);
                Positions.AddRange(read.Select(static change => change.Position));
                return !read.IsEmpty || _follower.IsWaiting;
            }
            catch (IOException)
            {
                return true;
            }
        }

        public async Task ReadToEnd()
        {
            while (await Read()) { }
        }
    }

    /// <summary>The log of a database whose transactions each draw one position, and end in any order.</summary>
    private sealed class ModelLog : IPositionLog<Change>
    {
        private readonly HashSet<long> _writing = [];
        private int _calls;
        private int _failAt;
        private long _drawn;

        public SortedSet<long> Committed { get; } = [];

        public int Failures { get; private set; }

        /// <summary>Which of the next calls fail, those with 1; the calls beyond its end succeed.</summary>
        public int[] Failing { get; set; } = [];

        public void FailAt(int call) => _failAt = call;

        public long Draw()
        {
            _writing.Add(++_drawn);
            return _drawn;
        }

        public void Commit(long position)
        {
            _writing.Remove(position);
            Committed.Add(position);
        }

        public void RollBack(long position) => _writing.Remove(position);

        public Task<LogPage<Change>> Read(LogQuery query, CancellationToken cancellationToken) =>
            Answer(() =>
            {
                var items = Committed
                    .Where(position => position > query.After)
                    .Take(query.Limit)
                    .Select(Change)
                    .ToImmutableArray();
                return new LogPage<Change>(
                    History,
                    items,
                    items.Length < query.Limit ? query.UpTo : items[^1].Position
                );
            });

        public Task<LogHistory> ReadHistory(long position, CancellationToken cancellationToken) =>
            Answer(() => History);

        public Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken) =>
            throw new NotSupportedException("It follows all workflows.");

        public Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken) =>
            Answer(() => _writing.Select(static position => $"{position}").ToImmutableArray());

        private LogHistory History =>
            new(
                "00000000",
                IsFirst: true,
                BeginsAfter: 0,
                Committed.Max,
                LatestTrimmed: 0,
                LatestId: null,
                FoundId: Guid.Empty
            );

        private async Task<T> Answer<T>(Func<T> answer)
        {
            await Task.Yield();
            var call = _calls++;
            if (call + 1 != _failAt && (call >= Failing.Length || Failing[call] == 0))
                return answer();

            Failures++;
            throw new IOException("The session was terminated.");
        }

        private static Change Change(long position) =>
            new(position, "w", position, Guid.Empty, DateTimeOffset.UnixEpoch, ReceiptEffect.Advanced, [], null);
    }
}
