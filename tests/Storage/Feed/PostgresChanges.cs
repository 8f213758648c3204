using System.Collections.Concurrent;
using System.Data.Common;
using Npgsql;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>
/// The suite on PostgreSQL, where transactions commit in another order than they drew their positions.
/// </summary>
public sealed class PostgresChanges(PostgresSilo fixture) : ChangeSuite(fixture), IClassFixture<PostgresSilo>
{
    private readonly PostgresSilo _fixture = fixture;

    [Fact]
    public async Task A_position_that_may_still_come_is_waited_for()
    {
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 1));
        await using var open = await Writer.BeginAsync(silo);
        var missing = await open.Draw("w", 2);
        await using var later = await Writer.BeginAsync(silo);
        var visible = await later.Draw("w", 3);
        await later.Commit();

        var tail = new Follower<Change>(Log(silo));
        (await tail.Read(10)).Select(static change => change.Position).ShouldBe([1]);
        await ShouldWait(tail);
        await open.Commit();

        (await ReadAll(tail)).Select(static change => change.Position).ShouldBe([missing, visible]);
    }

    [Fact]
    public async Task A_position_that_was_rolled_back_is_passed()
    {
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 1));
        await using var open = await Writer.BeginAsync(silo);
        await open.Draw("w", 2);
        await using var later = await Writer.BeginAsync(silo);
        var visible = await later.Draw("w", 3);
        await later.Commit();
        var tail = new Follower<Change>(Log(silo));
        (await tail.Read(10)).Length.ShouldBe(1);
        await ShouldWait(tail);

        await open.Rollback();

        (await ReadAll(tail)).ShouldHaveSingleItem().Position.ShouldBe(visible);
    }

    /// <summary>
    /// The bounds of a snapshot do not show a transaction that has begun and is younger than all that have ended: a
    /// follower that waits for the bounds loses its change.
    /// </summary>
    [Fact]
    public async Task A_position_drawn_by_a_younger_transaction_is_waited_for()
    {
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 1));
        await using var older = await Writer.BeginAsync(silo);
        await older.Transaction();
        await using var younger = await Writer.BeginAsync(silo);
        await younger.Transaction();
        var missing = await younger.Draw("w", 2);
        var visible = await older.Draw("w", 3);
        await older.Commit();

        var tail = new Follower<Change>(Log(silo));
        (await tail.Read(10)).Length.ShouldBe(1);
        await ShouldWait(tail);
        await younger.Commit();

        (await ReadAll(tail)).Select(static change => change.Position).ShouldBe([missing, visible]);
    }

    [Fact]
    public async Task A_transaction_that_writes_something_else_is_not_waited_for()
    {
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 1));
        await using var other = await Writer.BeginAsync(silo);
        await other.Execute(
            "INSERT INTO rejected (id, received_at, status_code, detail) VALUES (gen_random_uuid(), 0, 400, '')"
        );
        await silo.Execute("SELECT nextval('receipt_position')");
        await using var writer = await Writer.BeginAsync(silo);
        var visible = await writer.Draw("w", 2);
        await writer.Commit();

        (await ReadAll(new Follower<Change>(Log(silo))))
            .Select(static change => change.Position)
            .ShouldBe([1, visible]);
    }

    [Fact]
    public async Task The_end_is_not_reached_while_a_transaction_may_add_before_it()
    {
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 1));
        await using var open = await Writer.BeginAsync(silo);
        await open.Draw("w", 2);
        await silo.Store(Workflow("v", 1, 1));
        var tail = new Follower<Change>(Log(silo));
        for (var i = 0; i < 3; i++)
            (await tail.TrySkipToEnd()).ShouldBeFalse();

        await open.Commit();

        (await tail.TrySkipToEnd()).ShouldBeTrue();
        (await ReadAll(tail)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_change_is_read_once_and_in_order_for_any_order_of_commits()
    {
        const int Writers = 8,
            Each = 150;
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Enumerable.Range(0, Writers).Select(static writer => Workflow($"w{writer}", 1, 1)));
        var committed = new ConcurrentBag<long>(Enumerable.Range(1, Writers).Select(static position => (long)position));
        var writing = Task.WhenAll(
            Enumerable.Range(0, Writers).Select(number => Task.Run(() => Write(silo, number, Each, committed)))
        );

        var tail = new Follower<Change>(Log(silo));
        var read = new List<long>();
        while (!writing.IsCompleted)
            read.AddRange((await tail.Read(20)).Select(static change => change.Position));

        await writing;
        read.AddRange((await ReadAll(tail)).Select(static change => change.Position));
        read.ShouldBe(committed.Order());
    }

    /// <summary>
    /// The sessions that read are terminated at their queries, as an administrator or a failover does it, while many
    /// write.
    /// </summary>
    [Fact]
    public async Task Each_change_is_read_once_and_in_order_while_sessions_that_read_are_terminated()
    {
        const int Writers = 6,
            Terminations = 40;
        await using var silo = await _fixture.StartAsync();
        await silo.Store(Enumerable.Range(0, Writers).Select(static writer => Workflow($"w{writer}", 1, 1)));
        var committed = new ConcurrentBag<long>(Enumerable.Range(1, Writers).Select(static position => (long)position));
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(number =>
                    Task.Run(() => WriteUntil(silo, number, committed, stop.Token), CancellationToken.None)
                )
        );
        await using var terminator = new SessionTerminator(silo.Settings.ConnectionString, "feed-readers");
        var terminating = terminator.Run(Terminations);

        var settings = new NpgsqlConnectionStringBuilder(silo.Settings.ConnectionString)
        {
            ApplicationName = "feed-readers",
            MaxPoolSize = 1,
        };
        await using var database = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        var follower = new Follower<Change>(new SqlChangeLog(database, ReadDialect.Postgres), LogDetail.Hint);
        var (read, failures) = (new List<long>(), 0);
        while (!terminating.IsCompleted || !writing.IsCompleted || follower.IsWaiting || read.Count < committed.Count)
        {
            try
            {
                read.AddRange((await follower.Read(20)).Select(static change => change.Position));
            }
            catch (DbException)
            {
                failures++;
            }

            if (terminating.IsCompleted)
                await stop.CancelAsync();
        }

        await terminating;
        await writing;
        failures.ShouldBeGreaterThanOrEqualTo(Terminations / 2);
        read.ShouldBe(committed.Order());
    }

    private static async Task WriteUntil(
        SiloUnderTest silo,
        int number,
        ConcurrentBag<long> committed,
        CancellationToken stop
    )
    {
        for (var seq = 2; !stop.IsCancellationRequested; seq++)
        {
            await using var writer = await Writer.BeginAsync(silo);
            var position = await writer.Draw($"w{number}", seq);
            await Task.Delay(TimeSpan.FromMilliseconds(seq % 3), TimeProvider.System, CancellationToken.None);
            await writer.Commit();
            committed.Add(position);
        }
    }

    /// <summary>Draws positions and commits them after a while, or rolls them back.</summary>
    private static async Task Write(SiloUnderTest silo, int number, int count, ConcurrentBag<long> committed)
    {
        var random = new Random(number);
        for (var seq = 2; seq < count + 2; seq++)
        {
            await using var writer = await Writer.BeginAsync(silo);
            var position = await writer.Draw($"w{number}", seq);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3)), TimeProvider.System);
            if (random.Next(4) == 0)
            {
                await writer.Rollback();
                continue;
            }

            await writer.Commit();
            committed.Add(position);
        }
    }

    private static async Task ShouldWait(Follower<Change> tail)
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

        /// <summary>Makes it have a number of its own, and answers it.</summary>
        public Task<long> Transaction() => Execute("SELECT pg_current_xact_id()::text::bigint");

        /// <summary>Writes a receipt that changed something, and answers its position.</summary>
        public Task<long> Draw(string workflowId, int seq) =>
            Execute(
                $"""
                INSERT INTO receipt
                  (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, position)
                VALUES (gen_random_uuid(), '{workflowId}', {seq}, {Sample.Time}, 'airudder', 2, {seq}, '', '', '[]',
                  nextval('receipt_position'))
                RETURNING position
                """
            );

        public async Task<long> Execute(string sql)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return Convert.ToInt64(await command.ExecuteScalarAsync());
        }

        public Task Commit() => transaction.CommitAsync();

        public Task Rollback() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
