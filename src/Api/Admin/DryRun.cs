using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Api.Admin;

/// <summary>
/// Asks every workflow what a vocabulary would show otherwise, and writes the answers as they come, a line each, so
/// that neither side holds them all.
/// </summary>
/// <param name="vocabulary">The vocabulary to try.</param>
/// <param name="jobs">Lists the workflows.</param>
/// <param name="grains">The workflows.</param>
/// <param name="calls">Calls them.</param>
internal sealed class DryRun(Vocabulary vocabulary, IRefoldJobs jobs, WorkflowGrains grains, GrainCalls calls)
{
    private const int PageSize = 512;
    private const int AtATime = 64;

    private static readonly ReadOnlyMemory<byte> EndOfLine = "\n"u8.ToArray();

    private readonly string _document = VocabularyDocument.Write(vocabulary);
    private long _workflows;
    private long _failed;

    /// <summary>How many workflows have been looked at.</summary>
    public long Workflows => Interlocked.Read(ref _workflows);

    /// <summary>How many of them did not answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Reads the workflows that would be shown otherwise, as they are found.</summary>
    public async IAsyncEnumerable<DryRunLine> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Bounded: the workflows are not asked faster than the lines are taken.
        var found = Channel.CreateBounded<DryRunLine>(AtATime);
        var asking = AskAll(found.Writer, cancellationToken);
        await foreach (var line in found.Reader.ReadAllAsync(cancellationToken))
            yield return line;

        await asking;
    }

    /// <summary>Writes a line for each workflow that would be shown otherwise, and the summary.</summary>
    public async Task Write(Stream lines, CancellationToken cancellationToken)
    {
        var changed = 0L;
        await foreach (var line in Read(cancellationToken))
        {
            changed++;
            await Write(lines, line, ApiJson.Default.DryRunLine, cancellationToken);
        }

        await Write(
            lines,
            new DryRunSummary(vocabulary.Fingerprint, Workflows, changed, Failed),
            ApiJson.Default.DryRunSummary,
            cancellationToken
        );
    }

    private async Task AskAll(ChannelWriter<DryRunLine> found, CancellationToken cancellationToken)
    {
        try
        {
            var after = string.Empty;
            while (await jobs.ListWorkflows(after, PageSize, cancellationToken) is { IsEmpty: false } page)
            {
                var options = new ParallelOptions
                {
                    MaxDegreeOfParallelism = AtATime,
                    CancellationToken = cancellationToken,
                };
                await Parallel.ForEachAsync(page, options, async (workflowId, cancellation) =>
                {
                    var changes = await Ask(workflowId, cancellation);
                    if (!changes.IsEmpty)
                        await found.WriteAsync(new DryRunLine(workflowId, changes), cancellation);
                });
                after = page[^1];
            }

            found.Complete();
        }
        catch (Exception exception)
        {
            found.Complete(exception);
        }
    }

    private async Task<ImmutableArray<RefoldChange>> Ask(string workflowId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _workflows);
        try
        {
            return await calls.Call(() => grains.Workflow(workflowId).TryRefold(_document), cancellationToken);
        }
        catch (Exception exception) when (exception is GrainsUnavailableException or WorkflowBusyException)
        {
            Interlocked.Increment(ref _failed);
            return [];
        }
    }

    private static async Task Write<T>(Stream lines, T line, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(lines, line, type, cancellationToken);
        await lines.WriteAsync(EndOfLine, cancellationToken);
    }
}
