using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orleans.Workflow.Vendor;

/// <summary>
/// The vendor's API, as far as it is documented or was observed. A call that may be repeated is repeated while the
/// vendor is not available; creating, uploading and sending is tried once. Thread-safe.
/// </summary>
/// <remarks>Every call throws a <see cref="VendorException"/> if it fails.</remarks>
public sealed class VendorClient
{
    private readonly VendorConnection _connection;
    private readonly VendorTokens _tokens;

    internal VendorClient(VendorConnection connection, VendorTokens tokens) =>
        (_connection, _tokens) = (connection, tokens);

    /// <summary>
    /// Whether the vendor confirms that it pushed the data of a node: by code 200 and nothing else, as no other answer
    /// is documented.
    /// </summary>
    /// <exception cref="VendorException">The vendor is not available, or gives no token.</exception>
    public async Task<bool> VerifyPush(VerifyPushRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await Call(VendorCall.VerifyPush, request, VendorJson.Relaxed.VerifyPushRequest, cancellationToken);
            return true;
        }
        catch (VendorException exception)
            when (exception.Failure is VendorFailure.Refused or VendorFailure.Unreadable
                && exception.Path == VendorCall.VerifyPush.Path
            )
        {
            return false;
        }
    }

    /// <summary>Creates a workflow. It may have been created although the call failed as unavailable.</summary>
    public async Task<CreatedWorkflow> CreateWorkflow(
        CreateWorkflowRequest request,
        CancellationToken cancellationToken
    )
    {
        var answer = await Call(
            VendorCall.CreateWorkflow,
            request,
            VendorJson.Relaxed.CreateWorkflowRequest,
            cancellationToken
        );
        return new CreatedWorkflow(answer.DataText("workflow_id"), answer);
    }

    /// <summary>
    /// Adds persons to the list of a workflow. They may have been added although the call failed as unavailable.
    /// </summary>
    public Task<VendorResponse> UploadDetails(UploadDetailsRequest request, CancellationToken cancellationToken) =>
        Call(VendorCall.UploadDetails, request, VendorJson.Relaxed.UploadDetailsRequest, cancellationToken);

    /// <summary>Asks which workflows concern a person or an entry of a list.</summary>
    public Task<VendorResponse> FindWorkflows(FindWorkflowsRequest request, CancellationToken cancellationToken) =>
        Call(VendorCall.FindWorkflows, request, VendorJson.Relaxed.FindWorkflowsRequest, cancellationToken);

    /// <summary>Asks for the details of an outbound task.</summary>
    public Task<VendorResponse> GetTaskDetails(TaskDetailsRequest request, CancellationToken cancellationToken) =>
        Call(VendorCall.GetTaskDetails, request, VendorJson.Relaxed.TaskDetailsRequest, cancellationToken);

    /// <summary>Sends an SMS. It may have been sent although the call failed as unavailable.</summary>
    public Task<VendorResponse> SendSms(SendSmsRequest request, CancellationToken cancellationToken) =>
        Call(VendorCall.SendSms, request, VendorJson.Relaxed.SendSmsRequest, cancellationToken);

    private async Task<VendorResponse> Call<T>(
        VendorCall call,
        T request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, type);
        var token = await _tokens.Get(cancellationToken);
        try
        {
            return await _connection.Send(call, body, token, cancellationToken);
        }
        catch (VendorException exception) when (exception.Failure == VendorFailure.Unauthorized)
        {
            // The token ended early: another process may have asked for one. A call that was refused was not made, so
            // it may be made again, whatever it is.
            _tokens.Refuse(token);
        }

        token = await _tokens.Get(cancellationToken);
        try
        {
            return await _connection.Send(call, body, token, cancellationToken);
        }
        catch (VendorException exception) when (exception.Failure == VendorFailure.Unauthorized)
        {
            _tokens.Refuse(token, lasting: exception);
            throw;
        }
    }
}
