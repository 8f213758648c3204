using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Vocabularies;

/// <summary>The vocabularies in tables, in SQL that both databases understand.</summary>
internal sealed class SqlVocabularyStore(DbDataSource dataSource) : IVocabularyStore
{
    private const string Keep = """
        INSERT INTO vocabulary (fingerprint, document, kept_since) VALUES (@fingerprint, @document, @since)
        ON CONFLICT (fingerprint) DO NOTHING
        """;

    /// <inheritdoc/>
    public Task<VocabularyRow?> FindInForce(CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT v.fingerprint, v.document, f.since FROM vocabulary_in_force f JOIN vocabulary v ON "
                + "v.fingerprint = f.fingerprint",
            Read,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<VocabularyRow?> Find(string fingerprint, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT fingerprint, document, kept_since FROM vocabulary WHERE fingerprint = @fingerprint",
            Read,
            cancellationToken,
            ("fingerprint", fingerprint)
        );

    /// <inheritdoc/>
    public async Task<VocabularyRow> PutFirst(VocabularyRow vocabulary, CancellationToken cancellationToken)
    {
        if (await FindInForce(cancellationToken) is { } known)
            return known;

        await Put(vocabulary, "DO NOTHING", cancellationToken);
        return await FindInForce(cancellationToken) ?? vocabulary;
    }

    /// <inheritdoc/>
    public Task Adopt(VocabularyRow vocabulary, CancellationToken cancellationToken) =>
        Put(vocabulary, "DO UPDATE SET fingerprint = excluded.fingerprint, since = excluded.since", cancellationToken);

    private async Task Put(VocabularyRow vocabulary, string onConflict, CancellationToken cancellationToken)
    {
        var (fingerprint, document, since) = vocabulary;
        await dataSource.Execute(
            Keep,
            cancellationToken,
            ("fingerprint", fingerprint),
            ("document", document),
            ("since", since)
        );
        await dataSource.Execute(
            "INSERT INTO vocabulary_in_force (only_row, fingerprint, since) VALUES (1, @fingerprint, @since) "
                + $"ON CONFLICT (only_row) {onConflict}",
            cancellationToken,
            ("fingerprint", fingerprint),
            ("since", since)
        );
    }

    private static VocabularyRow Read(DbDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
}
