using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>The <c>type</c> values that more than one service uses.</summary>
public static class ProblemTypes
{
    public const string InvalidRequest = "/problems/invalid-request";
    public const string Unavailable = "/problems/unavailable";
    public const string RateLimited = "/problems/rate-limited";
}

/// <summary>Expected failures as results.</summary>
public static class Problem
{
    /// <summary>400 for one field.</summary>
    public static ProblemHttpResult Invalid(string field, string message) =>
        Invalid(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>400 with every message of every field.</summary>
    public static ProblemHttpResult Invalid(IDictionary<string, string[]> errors) =>
        TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = StatusCodes.Status400BadRequest,
            Type = ProblemTypes.InvalidRequest,
            Title = "The request is not valid.",
            Detail = string.Join(' ', errors.SelectMany(error => error.Value)),
        });

    /// <summary>404 that says what was not found.</summary>
    public static ProblemHttpResult NotFound(string detail) =>
        TypedResults.Problem(new ProblemDetails { Status = StatusCodes.Status404NotFound, Detail = detail });

    /// <summary>401 that does not say which of several mistakes was made.</summary>
    public static ProblemHttpResult Unauthorized(string detail) =>
        TypedResults.Problem(new ProblemDetails { Status = StatusCodes.Status401Unauthorized, Detail = detail });

    /// <summary>409 with a type of its own, so that clients can tell conflicts apart.</summary>
    public static ProblemHttpResult Conflict(string type, string detail) =>
        TypedResults.Problem(new ProblemDetails { Status = StatusCodes.Status409Conflict, Type = type, Detail = detail });
}
