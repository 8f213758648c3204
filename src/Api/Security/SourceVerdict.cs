namespace Orleans.Workflow.Api.Security;

/// <summary>
/// What became of the credentials of a notification. The sender learns nothing but that it was refused.
/// </summary>
internal enum SourceVerdict
{
    /// <summary>They are those of the source.</summary>
    Accepted,

    /// <summary>There is no such source.</summary>
    UnknownSource,

    /// <summary>There is no credential.</summary>
    NoCredential,

    /// <summary>The credential is not one of the source's.</summary>
    WrongCredential,

    /// <summary>The credential is right, the address is not one of the source's.</summary>
    AddressNotAllowed,

    /// <summary>The credential is right, and there is no signature where one is required.</summary>
    NotSigned,

    /// <summary>The credential is right, the signature is not that of the body.</summary>
    WrongSignature,
}
