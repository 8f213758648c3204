using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>
/// A database of an earlier build, and what that build answered on it. Two files, compressed with Brotli: the SQLite
/// file or the SQL of pg_dump, and the answers, one as JSON on each line.
/// </summary>
/// <param name="Name">Kind and number of the last schema script, such as <c>sqlite-008</c>.</param>
internal sealed record UpgradeFixture(string Name)
{
    private const string Database = ".database.br";
    private const string Answers = ".answers.br";

    /// <summary>The names of all fixtures.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .GetFiles(UpgradeFiles.Folder, "*" + Database)
            .Select(static file => Path.GetFileName(file)[..^Database.Length])
            .Order(StringComparer.Ordinal);

    /// <summary>The names of the fixtures that this build makes.</summary>
    public static IEnumerable<string> NamesOfThisBuild =>
        ((string[])[UpgradeDatabase.Sqlite, UpgradeDatabase.Postgres]).Select(static kind =>
        {
            var scripts = Directory.GetFiles(Path.Combine(WorkingCopy.Root, "deploy", "sql", kind), "*.sql");
            return $"{kind}-{scripts.Select(static file => Path.GetFileName(file)[..3]).Max(StringComparer.Ordinal)}";
        });

    /// <summary><see cref="UpgradeDatabase.Sqlite"/> or <see cref="UpgradeDatabase.Postgres"/>.</summary>
    public string Kind => Name[..Name.LastIndexOf('-')];

    public Task<byte[]> ReadDatabaseAsync() => UpgradeFiles.ReadAsync(Name + Database);

    public async Task<ImmutableArray<RecordedResponse>> ReadAnswersAsync() =>
        [
            .. Encoding
                .UTF8.GetString(await UpgradeFiles.ReadAsync(Name + Answers))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => JsonSerializer.Deserialize<RecordedResponse>(line)!),
        ];

    public async Task WriteAsync(byte[] database, IEnumerable<RecordedResponse> answers)
    {
        await WriteAsync(Database, database);
        var lines = answers.Select(static answer => JsonSerializer.Serialize(answer) + "\n");
        await WriteAsync(Answers, Encoding.UTF8.GetBytes(string.Concat(lines)));
    }

    private async Task WriteAsync(string file, byte[] content)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];

        // The widest window: what is repeated in the answers lies far apart.
        BrotliEncoder.TryCompress(content, compressed, out var length, quality: 11, window: 24).ShouldBeTrue();
        await File.WriteAllBytesAsync(Path.Combine(UpgradeFiles.Folder, Name + file), compressed[..length]);
    }
}

/// <summary>What was answered to a GET.</summary>
/// <param name="Path">Path and query. Of a list it has no cursor: all pages are one answer.</param>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers that say something of what is stored.</param>
/// <param name="Parts">The pages, or the events of a feed; nothing of an error, whose text is for people.</param>
internal sealed record RecordedResponse(
    string Path,
    int Status,
    ImmutableArray<string> Headers,
    ImmutableArray<string> Parts
);
