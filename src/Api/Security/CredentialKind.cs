namespace Orleans.Workflow.Api.Security;

/// <summary>How a client presented its credential.</summary>
internal enum CredentialKind
{
    /// <summary>A secret in the path.</summary>
    Path,

    /// <summary>A secret as the password of HTTP Basic.</summary>
    Basic,

    /// <summary>A secret as a Bearer token.</summary>
    Bearer,

    /// <summary>A secret in a header of its own, <c>X-Api-Key</c>.</summary>
    Header,

    /// <summary>The address alone.</summary>
    Address,

    /// <summary>Nothing, where nothing is asked for.</summary>
    Anonymous,
}
