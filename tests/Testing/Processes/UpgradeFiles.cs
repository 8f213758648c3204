using System.IO.Compression;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>Databases that earlier builds made, and what they answered, as files compressed with Brotli.</summary>
public static class UpgradeFiles
{
    /// <summary>Where they are.</summary>
    public static string Folder { get; } = Path.Combine(WorkingCopy.Root, "tests", "Cluster", "Upgrades", "Fixtures");

    /// <summary>The content of a file: the SQLite file, the SQL of pg_dump, or the answers.</summary>
    /// <param name="name">Its name, such as <c>sqlite-008.database.br</c>.</param>
    public static async Task<byte[]> ReadAsync(string name)
    {
        var stored = File.OpenRead(Path.Combine(Folder, name));
        await using var compressed = new BrotliStream(stored, CompressionMode.Decompress);
        using var content = new MemoryStream();
        await compressed.CopyToAsync(content);
        return content.ToArray();
    }
}
