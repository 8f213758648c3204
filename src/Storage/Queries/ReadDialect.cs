using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Postgres;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>Where the two databases differ in reading.</summary>
/// <param name="NodeTypeCondition">The condition that a workflow has a node of type <c>@node_type</c>.</param>
/// <param name="WriteId">A receipt's id as a parameter.</param>
/// <param name="ReadId">A receipt's id from a column.</param>
/// <param name="WritersQuery">The query for the transactions that write a table at the moment; null where there is but
/// one at a time.</param>
/// <param name="History">What identifies the history of the database beside what is stored in it.</param>
/// <param name="ChangesSize">How many bytes the column <c>changes</c> has.</param>
/// <param name="ReadingWhole">Makes the transaction read tables from end to end; null where the database decides that
/// well by itself.</param>
/// <param name="CountedWords">The rows of the JSON array <c>@counts</c>: word, count, first_received_at,
/// last_received_at.</param>
/// <param name="Confirmation">Makes a query wait until all that it sees is as durable as a commit that was
/// acknowledged; see <see cref="StandbyConfirmation"/>.</param>
/// <param name="FactsBefore">The condition that facts have values in columns that an index begins with, and are before
/// the position <c>@before</c> in it. The columns must be part of the order.</param>
/// <param name="FactsAfter">The condition that facts are of the workflow <c>@workflow_id</c>, after the position
/// <c>@after</c> and up to <c>@up_to</c>. Both columns must be the order.</param>
/// <param name="Now">The time by the clock of the database, in Unix milliseconds.</param>
/// <param name="WithoutWaiting">A condition that is met, and has the statement not wait for disks and standbys.</param>
/// <param name="BeginSnapshot">Begins a transaction that sees one moment and stops no writer.</param>
public sealed record ReadDialect(
    string NodeTypeCondition,
    Func<Guid, object> WriteId,
    Func<DbDataReader, int, Guid> ReadId,
    Func<string, string>? WritersQuery,
    string History,
    string ChangesSize,
    string? ReadingWhole,
    string CountedWords,
    string Confirmation,
    Func<string, string, string> FactsBefore,
    string FactsAfter,
    string Now,
    string WithoutWaiting,
    Func<DbConnection, CancellationToken, ValueTask<DbTransaction>> BeginSnapshot
)
{
    /// <summary>PostgreSQL.</summary>
    public static readonly ReadDialect Postgres = new(
        // As a CASE the planner expects half of the rows to meet it. Left bare, it expects next to none, and sorts all
        // of them for a page.
        "CASE WHEN node_types::jsonb @> to_jsonb(@node_type::text) THEN true ELSE false END",
        static id => id,
        static (reader, column) => reader.GetGuid(column),
        static table =>
            $"""
                SELECT virtualtransaction FROM pg_locks
                WHERE locktype = 'relation' AND relation = '{table}'::regclass AND mode = 'RowExclusiveLock' AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """,
        "change_history()",
        "octet_length(changes)",
        "SET LOCAL enable_seqscan = on",
        "jsonb_to_recordset(@counts::jsonb) AS counted (word text, count bigint, first_received_at bigint, "
            + "last_received_at bigint)",
        StandbyConfirmation.Sql,
        // With the equality the primary key has the order too. Where few workflows have most of the facts, a walk along
        // it seems cheap, past the facts of all others.
        static (columns, values) => $"({columns}, position) < ({values}, @before) AND ({columns}) >= ({values})",
        "(workflow_id, position) > (@workflow_id, @after) AND (workflow_id, position) <= (@workflow_id, @up_to)",
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        "set_config('synchronous_commit', 'off', true) = 'off'",
        static (connection, cancellationToken) =>
            connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken)
    );

    /// <summary>SQLite.</summary>
    public static readonly ReadDialect Sqlite = new(
        "EXISTS (SELECT 1 FROM json_each(node_types) WHERE value = @node_type)",
        static id => id.ToByteArray(bigEndian: true),
        static (reader, column) => new Guid(reader.GetFieldValue<byte[]>(column), bigEndian: true),
        WritersQuery: null,
        History: "''",
        ChangesSize: "length(CAST(changes AS BLOB))",
        ReadingWhole: null,
        CountedWords: """
        (SELECT value ->> 'word' AS word, value ->> 'count' AS count,
          value ->> 'first_received_at' AS first_received_at, value ->> 'last_received_at' AS last_received_at
          FROM json_each(@counts)) AS counted
        """,
        Confirmation: "NULL",
        FactsBefore: static (columns, values) => $"({columns}) = ({values}) AND position < @before",
        FactsAfter: "workflow_id = @workflow_id AND position > @after AND position <= @up_to",
        Now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        WithoutWaiting: "true",
        BeginSnapshot: static (connection, _) => new(((SqliteConnection)connection).BeginTransaction(deferred: true))
    );
}
