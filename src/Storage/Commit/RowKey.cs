using System.Text;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Where a state is in the table of Microsoft.Orleans.Persistence.AdoNet. The keys of this product are texts, which the
/// provider never takes for numbers (see <c>GrainKeys</c>): the columns of numbers are 0.
/// </summary>
/// <param name="Hash">The provider's hash of the key.</param>
/// <param name="TypeHash">The provider's hash of the state's name.</param>
/// <param name="Type">The state's name.</param>
/// <param name="GrainKey">The grain's key.</param>
internal readonly record struct RowKey(int Hash, int TypeHash, string Type, string GrainKey)
{
    private static readonly OrleansDefaultHasher Hasher = new();

    /// <summary>The place of a state.</summary>
    public static RowKey Of(GrainStateName name) =>
        new(HashOf(name.Key, reversed: true), HashOf(name.StateName, reversed: false), name.StateName, name.Key);

    /// <summary>The place of a workflow's state.</summary>
    public static RowKey OfWorkflow(string workflowId) =>
        Of(new GrainStateName(StateNames.Workflow, GrainKeys.Workflow(workflowId)));

    /// <summary>Of the hashes that it has.</summary>
    public override int GetHashCode() => HashCode.Combine(Hash, TypeHash);

    /// <summary>The order in which rows are locked, so that two batches never wait for each other.</summary>
    public static int Compare(in RowKey a, in RowKey b)
    {
        var order = a.Hash.CompareTo(b.Hash);
        if (order == 0)
            order = string.CompareOrdinal(a.GrainKey, b.GrainKey);
        return order == 0 ? string.CompareOrdinal(a.Type, b.Type) : order;
    }

    private static int HashOf(string text, bool reversed)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (reversed)
            bytes.AsSpan().Reverse();

        return Hasher.Hash(bytes);
    }
}
