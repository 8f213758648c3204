using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>The suite on PostgreSQL, where a batch may commit after one that drew its positions later.</summary>
public sealed class PostgresFactLog(PostgresSilo fixture) : FactLogSuite(fixture), IClassFixture<PostgresSilo>
{
    private readonly PostgresSilo _fixture = fixture;

    [Fact]
    public async Task A_fact_that_is_committed_late_in_another_transaction_is_not_skipped()
    {
        await using var silo = await _fixture.StartAsync();
        await Send(silo, "w", "first");
        await using var late = await Writer.BeginAsync(silo);
        var missing = await late.Insert(3);
        await Send(silo, "w", "visible");
        var tail = new Follower<LoggedFact>(Log(silo), LogDetail.Content);

        (await tail.Read(10)).ShouldHaveSingleItem().Fact!.CaseId.ShouldBe("first");
        await ShouldWait(tail);
        await late.Commit();

        var read = await ReadAll(tail).InTime();
        read.Take(3).Select(static fact => fact.Position).ShouldBe(missing);
        read[3].Fact!.CaseId.ShouldBe("visible");
        read.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_batch_that_was_rolled_back_is_passed_and_writers_of_receipts_are_not_waited_for()
    {
        await using var silo = await _fixture.StartAsync();
        await using var other = await Writer.BeginAsync(silo);
        await other.Execute(
            $"""
            INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body)
            VALUES (gen_random_uuid(), 'other', 1, {Sample.Time}, 'airudder', 0, 1, '', '')
            """
        );
        await using var late = await Writer.BeginAsync(silo);
        await late.Insert(3);
        await Send(silo, "w", "visible");
        var tail = new Follower<LoggedFact>(Log(silo), LogDetail.Content);
        await ShouldWait(tail);

        await late.Rollback();

        (await ReadAll(tail).InTime()).ShouldHaveSingleItem().Fact!.CaseId.ShouldBe("visible");
    }

    [Fact]
    public async Task The_end_is_not_reached_while_a_transaction_may_add_before_it()
    {
        await using var silo = await _fixture.StartAsync();
        await using var late = await Writer.BeginAsync(silo);
        await late.Insert(1);
        await Send(silo, "w", "visible");
        var tail = new Follower<LoggedFact>(Log(silo));
        for (var i = 0; i < 3; i++)
            (await tail.TrySkipToEnd()).ShouldBeFalse();

        await late.Commit();

        (await tail.TrySkipToEnd()).ShouldBeTrue();
        (await ReadAll(tail).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_fact_is_read_once_and_in_order_for_any_order_of_commits()
    {
        const int Writers = 8,
            Batches = 150;
        await using var silo = await _fixture.StartAsync();
        var committed = new ConcurrentBag<long>();
        var writing = Task.WhenAll(
            Enumerable.Range(0, Writers).Select(number => Task.Run(() => Write(silo, number, Batches, committed)))
        );

        var tail = new Follower<LoggedFact>(Log(silo), LogDetail.Hint);
        var read = new List<long>();
        while (!writing.IsCompleted)
            read.AddRange((await tail.Read(20)).Select(static fact => fact.Position));

        await writing;
        read.AddRange((await ReadAll(tail).InTime()).Select(static fact => fact.Position));
        read.ShouldBe(committed.Order());
        read.Count.ShouldBeGreaterThan(Writers * Batches);
    }

    /// <summary>Commits batches after a while, or rolls them back.</summary>
    private static async Task Write(SiloUnderTest silo, int number, int batches, ConcurrentBag<long> committed)
    {
        var random = new Random(number);
        for (var i = 0; i < batches; i++)
        {
            await using var writer = await Writer.BeginAsync(silo);
            var positions = await writer.Insert(random.Next(1, 5));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3)), TimeProvider.System);
            if (random.Next(4) == 0)
            {
                await writer.Rollback();
                continue;
            }

            await writer.Commit();
            foreach (var position in positions)
                committed.Add(position);
        }
    }

    private static async Task ShouldWait(Follower<LoggedFact> tail)
    {
        for (var i = 0; i < 5; i++)
        {
            (await tail.Read(10)).ShouldBeEmpty();
            tail.IsWaiting.ShouldBeTrue();
        }
    }

    /// <summary>A transaction in the hands of the test.</summary>
    private sealed class Writer(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
    {
        public static async Task<Writer> BeginAsync(SiloUnderTest silo)
        {
            var connection = await silo.Database.OpenConnectionAsync();
            return new Writer(connection, await connection.BeginTransactionAsync());
        }

        /// <summary>Writes facts as a batch does, and answers their positions.</summary>
        public async Task<ImmutableArray<long>> Insert(int count)
        {
            await using var command = Command(
                $$"""
                INSERT INTO fact (id, workflow_id, node, kind, effect, variant, received_at, source, body)
                SELECT gen_random_uuid(), 'w', 'n', 1, 4, gen_random_uuid(), {{Sample.Time}}, 'airudder', '{}'
                FROM generate_series(1, {{count}})
                RETURNING position
                """
            );
            await using var reader = await command.ExecuteReaderAsync();
            var positions = ImmutableArray.CreateBuilder<long>(count);
            while (await reader.ReadAsync())
                positions.Add(reader.GetInt64(0));

            return positions.MoveToImmutable();
        }

        public async Task Execute(string sql)
        {
            await using var command = Command(sql);
            await command.ExecuteNonQueryAsync();
        }

        public Task Commit() => transaction.CommitAsync();

        public Task Rollback() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }

        private DbCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command;
        }
    }
}
