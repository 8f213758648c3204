using Npgsql;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The parameters of <see cref="CommitStatement"/>: the service, the name of the state and its hash, and an array of a
/// built-in type for each column. Npgsql looks the types of a database up once for each process: a type of our own
/// would be another one after a restore, or in another schema.
/// </summary>
internal sealed class CommitParameters
{
    private const int FirstRow = 4,
        RowCount = 18,
        FirstReceipt = FirstRow + RowCount,
        ReceiptCount = 11;

    // Of every workflow.
    private static readonly RowKey State = RowKey.OfWorkflow("any");

    private readonly ArrayColumns _columns;

    private readonly List<int> _hash;
    private readonly List<string> _key;
    private readonly List<int?> _expected,
        _attention;
    private readonly List<ReadOnlyMemory<byte>?> _payload;
    private readonly List<long> _seqBefore,
        _seq,
        _lastReceivedAt;
    private readonly List<long?> _firstReceivedAt,
        _changedAt,
        _version;
    private readonly List<short?> _stateCode;
    private readonly List<string?> _word,
        _name,
        _nameLower,
        _status,
        _statusNormalised,
        _nodeTypes;

    private readonly List<long> _position,
        _receiptSeq,
        _receivedAt,
        _receiptVersion;
    private readonly List<Guid> _id;
    private readonly List<string> _source,
        _vocabulary;
    private readonly List<short> _effect,
        _kind;
    private readonly List<ReadOnlyMemory<byte>> _body;
    private readonly List<byte[]?> _changes;

    /// <summary>Adds the parameters to a command, in the order of their numbers.</summary>
    public CommitParameters(NpgsqlParameterCollection parameters, string serviceId)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = State.Type });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = State.TypeHash });
        _columns = new ArrayColumns(parameters);

        _hash = _columns.Add<int>("integer");
        _key = _columns.Add<string>("text");
        _expected = _columns.Add<int?>("integer");
        _seqBefore = _columns.Add<long>("bigint");
        _payload = _columns.Add<ReadOnlyMemory<byte>?>("bytea");
        _seq = _columns.Add<long>("bigint");
        _lastReceivedAt = _columns.Add<long>("bigint");
        _stateCode = _columns.Add<short?>("smallint");
        _attention = _columns.Add<int?>("integer");
        _word = _columns.Add<string?>("text");
        _firstReceivedAt = _columns.Add<long?>("bigint");
        _changedAt = _columns.Add<long?>("bigint");
        _version = _columns.Add<long?>("bigint");
        _name = _columns.Add<string?>("text");
        _nameLower = _columns.Add<string?>("text");
        _status = _columns.Add<string?>("text");
        _statusNormalised = _columns.Add<string?>("text");
        _nodeTypes = _columns.Add<string?>("text");

        _position = _columns.Add<long>("bigint");
        _id = _columns.Add<Guid>("uuid");
        _receiptSeq = _columns.Add<long>("bigint");
        _receivedAt = _columns.Add<long>("bigint");
        _source = _columns.Add<string>("text");
        _effect = _columns.Add<short>("smallint");
        _receiptVersion = _columns.Add<long>("bigint");
        _vocabulary = _columns.Add<string>("text");
        _body = _columns.Add<ReadOnlyMemory<byte>>("bytea");
        _changes = _columns.Add<byte[]?>("text");
        _kind = _columns.Add<short>("smallint");
    }

    /// <summary>The numbers of the arrays of state rows.</summary>
    public static string Rows { get; } = Numbers(FirstRow, RowCount);

    /// <summary>The numbers of the arrays of receipts.</summary>
    public static string Receipts { get; } = Numbers(FirstReceipt, ReceiptCount);

    /// <summary>The numbers of the arrays of the receipts' positions and ids.</summary>
    public static string ReceiptIds { get; } = Numbers(FirstReceipt, 2);

    /// <summary>Sets the rows of a batch; each has its place in it, from 1, as its position.</summary>
    public void Set(IReadOnlyList<StateWrite> writes)
    {
        _columns.Clear();
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            AddRow(write);
            for (var j = 0; j < write.Commit.Receipts.Length; j++)
                AddReceipt(i + 1, write.Commit.Receipts[j], write.Columns.Changes[j]);
        }
    }

    private void AddRow(StateWrite write)
    {
        _hash.Add(write.Key.Hash);
        _key.Add(write.Key.GrainKey);
        _expected.Add(write.Commit.Version);
        _seqBefore.Add(write.Commit.SeqBefore);
        _payload.Add(write.Commit.State);
        _seq.Add(write.Commit.Workflow.Seq);
        _lastReceivedAt.Add(write.Commit.Workflow.LastReceivedAt);
        var (listed, columns) = (write.Listed, write.Columns);
        _stateCode.Add((short?)columns.StateCode);
        _attention.Add(listed?.Attention);
        _word.Add(columns.Word);
        _firstReceivedAt.Add(listed?.FirstReceivedAt);
        _changedAt.Add(listed?.ChangedAt);
        _version.Add(listed?.Version);
        _name.Add(listed?.Name);
        _nameLower.Add(columns.NameLower);
        _status.Add(listed?.Status);
        _statusNormalised.Add(listed?.StatusNormalised);
        _nodeTypes.Add(columns.NodeTypes);
    }

    private void AddReceipt(int position, ReceiptRow receipt, byte[]? changes)
    {
        _position.Add(position);
        _id.Add(receipt.Id);
        _receiptSeq.Add(receipt.Seq);
        _receivedAt.Add(receipt.ReceivedAt);
        _source.Add(receipt.Source);
        _effect.Add((short)receipt.Effect);
        _receiptVersion.Add(receipt.Version);
        _vocabulary.Add(receipt.Vocabulary);
        _body.Add(receipt.Body);
        _changes.Add(changes);
        _kind.Add((short)receipt.Kind);
    }

    private static string Numbers(int first, int count) =>
        string.Join(", ", Enumerable.Range(first, count).Select(static number => $"${number}"));
}
