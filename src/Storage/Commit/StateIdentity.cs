using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Finds one state row by a key that is a text, as all of this product are, in SQL that both databases understand.
/// </summary>
internal static class StateIdentity
{
    /// <summary>The condition.</summary>
    public const string Condition =
        "grainidextensionstring = @key AND graintypestring = @type AND serviceid = @service_id AND grainidn0 = "
        + "0 AND grainidn1 = 0";

    /// <summary>Sets its parameters.</summary>
    public static void Set(DbCommand command, string serviceId, GrainStateName name)
    {
        command.Set("type", name.StateName);
        command.Set("key", name.Key);
        command.Set("service_id", serviceId);
    }
}
