using System.Globalization;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>
/// Grain storage that commits the writes of many grains together, with the rows that their states bring. A layer over the ADO.NET
/// provider: it uses the provider's table and row mapping, and leaves to it what is not worth gathering.
/// </summary>
/// <param name="committer">Gathers and commits.</param>
/// <param name="serializer">Writes and reads states.</param>
/// <param name="provider">The ADO.NET provider over the same table.</param>
internal sealed class GroupCommitGrainStorage(GroupCommitter committer, IGrainStorageSerializer serializer, IGrainStorage provider)
    : IGrainStorage
{
    private readonly WrittenWhole? _written = committer.ShortestEdited is { } shortest ? new WrittenWhole(shortest) : null;

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Every await here stays on the grain's scheduler: its state is changed behind it.
        Set(grainState, await Read(stateName, grainId));
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // What is written is captured before the first await: the grain goes on folding meanwhile.
        int? etag = string.IsNullOrEmpty(grainState.ETag) ? null : int.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        var rows = (grainState.State as IBringsRows)?.Rows;
        var payload = rows is { KeepsState: true } ? default : serializer.Serialize(grainState.State).ToMemory();
        var attempt = payload.IsEmpty ? default : _written?.Begin(grainState, etag, payload) ?? default;
        var write = new StateWrite(RowKey.Of(grainId, stateName), etag, payload, rows) { Edits = attempt.Edits };
        var outcome = await committer.Write(write);
        if (outcome.Version is null && write.IsFirst)
        {
            Set(grainState, outcome.Stored ?? await Read(stateName, grainId));
            return;
        }

        var version = outcome.Version
            ?? throw new InconsistentStateException(
                $"The state '{stateName}' of {grainId} was changed by another activation since it was read.", "another", grainState.ETag ?? "none");

        attempt.Succeeded(version);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        provider.ClearStateAsync(stateName, grainId, grainState);

    private void Set<T>(IGrainState<T> grainState, StoredState? row)
    {
        grainState.ETag = row?.Version?.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = row?.Payload is not null;
        grainState.State = row?.Payload is { } payload
            ? AsHeard(serializer.Deserialize<T>(new BinaryData(payload))!, row.Heard)
            : Activator.CreateInstance<T>();
    }

    private static T AsHeard<T>(T state, Heard? heard) =>
        heard is { } told && state is IBringsRows workflow ? (T)workflow.Heard(told.Seq, told.LastReceivedAt) : state;

    private async Task<StoredState?> Read(string stateName, GrainId grainId)
    {
        try
        {
            return await committer.Read(new StateRead(RowKey.Of(grainId, stateName)));
        }
        catch (Exception exception) when (exception is not WorkflowBusyException)
        {
            // Goes to whoever called the grain. The cause is logged where it happened: a database driver's exception cannot be sent
            // to another process, and its caller would be told of a failed serialization instead.
            throw new WorkflowUnavailableException(
                $"The state '{stateName}' of {grainId} could not be read ({exception.GetType().Name}); ask again.")
            {
                IsOutage = committer.IsFailing,
            };
        }
    }
}
