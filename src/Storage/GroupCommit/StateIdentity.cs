using System.Data.Common;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>Finds one state row by a key that is a text, as all of this product are, in SQL that both databases understand.</summary>
internal static class StateIdentity
{
    /// <summary>The condition, which begins as the unique index does.</summary>
    public const string Condition =
        "grainidhash = @hash AND graintypehash = @type_hash AND grainidn0 = 0 AND grainidn1 = 0 AND graintypestring = @type "
        + "AND grainidextensionstring = @key AND serviceid = @service_id";

    /// <summary>Sets its parameters.</summary>
    public static void Set(DbCommand command, string serviceId, RowKey key)
    {
        command.Set("hash", key.GrainIdHash);
        command.Set("type_hash", key.GrainTypeHash);
        command.Set("type", key.GrainTypeString);
        command.Set("key", key.GrainIdExtensionString);
        command.Set("service_id", serviceId);
    }
}
