using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A PostgreSQL with a synchronous standby that does not answer for a while.</summary>
public sealed class SynchronousStandby(SynchronousStandby.Servers servers) : IClassFixture<SynchronousStandby.Servers>
{
    /// <summary>Seconds after which a client cancels a statement, and the server the wait of its commit.</summary>
    private const int CommandTimeout = 2;

    [Fact]
    public async Task What_the_standby_has_not_confirmed_is_neither_acknowledged_nor_shown()
    {
        await using var silo = await SiloUnderTest.StartAsync(await servers.CreateAsync());
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();
        var receipt = Receipts.Of("w", "closed");

        using (await servers.Standby.FreezeReceiverAsync())
        {
            await ShouldBeUnavailable(() => silo.Workflow("w").Receive(receipt));
            await Deadline.Until(
                async () => await StoredVersion(silo) == 2,
                "the commit is given up and seen on the primary"
            );

            await ShouldBeUnavailable(() => silo.Workflow("w").GetState());
            await ShouldBeUnavailable(() => silo.Workflow("w").GetNode("n"));
            await ShouldBeUnavailable(() => silo.Workflow("w").Receive(receipt));

            // By the database itself: a grain refuses while commits fail.
            var stored = silo.Control.Batches.SelectMany(static batch => batch).Last().Commit;
            await Should.ThrowAsync<UnconfirmedCommitException>(() =>
                silo.Control.Write([new StateWrite(stored with { Version = 2 })], CancellationToken.None).InTime()
            );
            await ShouldBeUnavailable(() => silo.Workflow("w").GetState());
        }

        await Deadline.Until(async () => await ShownVersion(silo) == 2, "the standby confirms, and the state is shown");
        var again = await Retry(() => silo.Workflow("w").Receive(receipt));
        again.Version.ShouldBe(2);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = 'w'")).ShouldBe(2);
    }

    /// <summary>The first notification of an activation brings the stored state back.</summary>
    [Fact]
    public async Task A_first_commit_that_is_refused_brings_no_state_that_the_standby_has_not_confirmed()
    {
        await using var silo = await SiloUnderTest.StartAsync(await servers.CreateAsync());
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();

        using (await servers.Standby.FreezeReceiverAsync())
        {
            await ShouldBeUnavailable(() => silo.Workflow("w").Receive(Receipts.Of("w", "closed")));
            await Deadline.Until(
                async () => await StoredVersion(silo) == 2,
                "the commit is given up and seen on the primary"
            );

            // By the database itself: a grain refuses while commits fail.
            var first = silo
                .Control.Batches.SelectMany(static batch => batch)
                .First(static write => write.Commit.Version is null);
            await Should.ThrowAsync<UnconfirmedCommitException>(() =>
                silo.Control.Write([new StateWrite(first.Commit)], CancellationToken.None).InTime()
            );
        }

        (await Retry(() => silo.Workflow("w").Receive(Receipts.Of("w", "closed")))).Version.ShouldBe(2);
    }

    [Fact]
    public async Task The_feed_shows_no_change_that_the_standby_has_not_confirmed()
    {
        await using var silo = await SiloUnderTest.StartAsync(await servers.CreateAsync());
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();
        var log = silo.Services.GetRequiredService<IPositionLog<Change>>();
        var all = new LogQuery(0, 10);
        var shown = await log.Read(all, CancellationToken.None);
        shown.Items.Length.ShouldBe(1);

        using (await servers.Standby.FreezeReceiverAsync())
        {
            await ShouldBeUnavailable(() => silo.Workflow("w").Receive(Receipts.Of("w", "closed")));
            await Deadline.Until(
                async () => await StoredVersion(silo) == 2,
                "the commit is given up and seen on the primary"
            );

            await Should.ThrowAsync<UnconfirmedCommitException>(() => log.Read(all, CancellationToken.None).InTime());
        }

        await Deadline.Until(
            async () => await log.Read(all, CancellationToken.None) is { Items.Length: 2 },
            "the change is shown"
        );
    }

    /// <summary>Otherwise silos without readers would write to the log twenty times a second.</summary>
    [Fact]
    public async Task A_page_of_the_feed_without_changes_commits_nothing()
    {
        await using var silo = await SiloUnderTest.StartAsync(await servers.CreateAsync());
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();
        var log = silo.Services.GetRequiredService<IPositionLog<Change>>();
        var shown = await log.Read(new LogQuery(0, 10), CancellationToken.None);

        using (await servers.Standby.FreezeReceiverAsync())
            (await log.Read(new LogQuery(shown.End, 10), CancellationToken.None).InTime()).Items.ShouldBeEmpty();
    }

    private static Task<long> StoredVersion(SiloUnderTest silo) =>
        silo.Number("SELECT version FROM workflow WHERE workflow_id = 'w'");

    private static async Task<long?> ShownVersion(SiloUnderTest silo)
    {
        try
        {
            return (await silo.Workflow("w").GetState().InTime())?.Version;
        }
        catch (WorkflowUnavailableException)
        {
            return null;
        }
    }

    private static Task<WorkflowUnavailableException> ShouldBeUnavailable(Func<Task> call) =>
        Should.ThrowAsync<WorkflowUnavailableException>(() => call().InTime());

    private static async Task<Acknowledgement> Retry(Func<Task<Acknowledgement>> receive)
    {
        Acknowledgement? answer = null;
        await Deadline.Until(
            async () =>
            {
                try
                {
                    answer = await receive().InTime();
                    return true;
                }
                catch (WorkflowUnavailableException)
                {
                    return false;
                }
            },
            "notifications are acknowledged again"
        );
        return answer!;
    }

    /// <summary>A primary whose commits wait for a standby.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private PostgresServer? _primary;
        private PostgresServer? _standby;
        private int _created;

        public PostgresServer Primary => _primary ?? throw new InvalidOperationException("It has not started.");

        public PostgresServer Standby => _standby ?? throw new InvalidOperationException("It has not started.");

        public async ValueTask InitializeAsync()
        {
            _primary = await PostgresServer.StartNewAsync("hot_standby=on");
            _standby = await _primary.StartStandbyAsync(isSynchronous: true);
        }

        public async Task<StorageSettings> CreateAsync()
        {
            var connection = await Primary.CreateDatabaseAsync($"standby_{Interlocked.Increment(ref _created)}");
            return new StorageSettings(
                StorageProvider.Postgres,
                new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = CommandTimeout }.ConnectionString
            );
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in (PostgresServer?[])[_primary, _standby])
            {
                if (server is not null)
                    await server.DisposeAsync();
            }
        }
    }
}
