using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// The keyed hashes by which the facts of a person are found: 128 bits of HMAC-SHA256. Who has a copy of the tables but
/// not the key can't try numbers.
/// </summary>
/// <param name="key">The key, which each database makes once.</param>
public sealed class FactHashes(byte[] key)
{
    // A key never changes: one read for each database that the process has open.
    private static readonly ConditionalWeakTable<DbDataSource, FactHashes> Loaded = [];

    /// <summary>The hashes of a database.</summary>
    public static async Task<FactHashes> Load(DbDataSource dataSource, CancellationToken cancellationToken)
    {
        if (Loaded.TryGetValue(dataSource, out var known))
            return known;

        var key = await dataSource.ReadFirst(
            "SELECT key FROM fact_key",
            static reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken
        );
        var read = new FactHashes(key ?? throw new InvalidOperationException("The table fact_key has no row."));
        return Loaded.GetValue(dataSource, _ => read);
    }

    /// <summary>The hash of a number or address, however it is written.</summary>
    public Guid OfCallee(string callee) => Of(key, Callees.Normalise(callee));

    /// <summary>The hash of an entry's id, as it is.</summary>
    public Guid OfCase(string caseId) => Of(key, caseId);

    /// <summary>The hash of what makes a fact the same when it comes again.</summary>
    public Guid OfIdentity(string workflowId, Fact fact)
    {
        ArgumentNullException.ThrowIfNull(workflowId);
        ArgumentNullException.ThrowIfNull(fact);

        // With their lengths, so that no two facts have one text.
        var node = fact.NodetaskId;
        return Of(
            key,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)fact.Kind}/{workflowId.Length}/{workflowId}/{node.Length}/{node}/{fact.Identity}"
            )
        );
    }

    /// <summary>The hash of a fact with its body.</summary>
    public Guid OfVariant(Guid identity, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        identity.TryWriteBytes(hash, bigEndian: true, out var written);
        hmac.AppendData(hash[..written]);
        hmac.AppendData(body);
        hmac.GetHashAndReset(hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The hash of a text.</summary>
    public static Guid Of(ReadOnlySpan<byte> key, string text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text), hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
