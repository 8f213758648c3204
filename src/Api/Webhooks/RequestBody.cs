using System.Buffers;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Reads a whole body.</summary>
internal static class RequestBody
{
    /// <summary>The body, copied once; null if it is larger than the limit.</summary>
    public static async ValueTask<byte[]?> Read(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            return null;

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length > limit)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
