using System.Net;
using Amazon.Runtime;

namespace Amazon.Wire;

/// <summary>What either protocol says about a failed call, on its way to the exception type of the service.</summary>
internal sealed record ServiceError(string Shape, string Message, Exception Inner, ErrorType Type, string Code, string RequestId, HttpStatusCode Status)
{
    public static ErrorType TypeOf(HttpStatusCode status) => (int)status >= 500 ? ErrorType.Receiver : ErrorType.Sender;

    public static ErrorType TypeOf(string fault) =>
        string.Equals(fault, "Receiver", StringComparison.Ordinal) ? ErrorType.Receiver : ErrorType.Sender;
}
