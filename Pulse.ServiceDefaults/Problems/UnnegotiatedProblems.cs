using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>
/// Writes problems for callers who accept no JSON. The framework's writer leaves them out, and then they get plain text, no body at all,
/// or, where an exception was to be answered, leave an error in the log. An answer that was not asked for in this form says more (RFC 9110, 12.5.1).
/// </summary>
internal sealed class UnnegotiatedProblems : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context) =>
        // Not by the constructor: this is one of them.
        context.HttpContext.RequestServices.GetServices<IProblemDetailsWriter>().First(writer => writer is not UnnegotiatedProblems).WriteAsync(context);
}
