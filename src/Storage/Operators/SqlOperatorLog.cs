using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Operators;

/// <summary>What operators did. Each entry is written in the transaction of what was done.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlOperatorLog(DbDataSource dataSource, ReadDialect dialect)
{
    private const string Columns = "id, at, name, role, address, action, subject, detail, result";

    private const string Insert =
        $"INSERT INTO operator_action ({Columns}) "
        + "VALUES (@id, @at, @name, @role, @address, @action, @subject, @detail, @result)";

    /// <summary>Adds an action whose end is not known yet, before it is begun.</summary>
    public Task Begin(OperatorAction action, CancellationToken cancellationToken) =>
        dataSource.Execute(Insert, cancellationToken, Values(action, dialect));

    /// <summary>The latest actions, the latest first.</summary>
    /// <param name="subject">Of this subject alone; null for all.</param>
    /// <param name="before">Before this action; null for the latest.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ImmutableArray<OperatorAction>> List(
        string? subject,
        Guid? before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadAll(
                $"""
                SELECT {Columns} FROM operator_action
                WHERE {(subject is null ? "id < @before" : "subject = @subject AND id < @before")}
                ORDER BY id DESC LIMIT @limit
                """,
                Read,
                cancellationToken,
                [
                    ("before", dialect.WriteId(before ?? Guid.AllBitsSet)),
                    ("limit", limit),
                    .. subject is null ? [] : ((string, object?)[])[("subject", subject)],
                ]
            ),
        ];

    /// <summary>Adds an action that the transaction has done.</summary>
    internal static Task Add(
        DbTransaction transaction,
        ReadDialect dialect,
        OperatorAction action,
        CancellationToken cancellationToken
    ) => transaction.Execute(Insert, cancellationToken, Values(action, dialect));

    /// <summary>Says what came of an action that was begun.</summary>
    internal static Task End(
        DbTransaction transaction,
        ReadDialect dialect,
        Guid action,
        string result,
        CancellationToken cancellationToken
    ) =>
        transaction.Execute(
            "UPDATE operator_action SET result = @result WHERE id = @id",
            cancellationToken,
            ("id", dialect.WriteId(action)),
            ("result", StoredText.Of(result))
        );

    private static (string Name, object? Value)[] Values(OperatorAction action, ReadDialect dialect) =>
        [
            ("id", dialect.WriteId(action.Id)),
            ("at", action.At.ToUnixTimeMilliseconds()),
            ("name", StoredText.Of(action.Operator.Name)),
            ("role", action.Operator.Role),
            ("address", action.Operator.Address),
            ("action", Word(action.Kind)),
            ("subject", StoredText.Of(action.Subject)),
            ("detail", StoredText.Of(action.Detail)),
            ("result", StoredText.Of(action.Result)),
        ];

    private static string Word(OperatorActionKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private OperatorAction Read(DbDataReader reader) =>
        new(
            dialect.ReadId(reader, 0),
            reader.Time(1),
            new Operator(reader.GetString(2), reader.GetString(3), reader.Text(4)),
            Enum.GetValues<OperatorActionKind>().Single(kind => Word(kind) == reader.GetString(5)),
            reader.Text(6),
            reader.Text(7),
            reader.Text(8)
        );
}
