using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// The memory of connections, in blocks of which one holds nearly every notification: the server's own are of 4 KiB,
/// and each further one that a request is received into costs a call of the system and a turn of the request.
/// </summary>
internal sealed class ReceiveBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 32 * 1024;

    /// <inheritdoc/>
    public override int MaxBufferSize => Shared.MaxBufferSize;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ReceiveBlocks();

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, BlockSize));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) { }
}
