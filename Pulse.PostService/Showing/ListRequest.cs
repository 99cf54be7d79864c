using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Paging;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Showing;

/// <summary>What a call of a list asks for: from where, and how many.</summary>
internal readonly record struct ListRequest(long Position, int Limit)
{
    /// <param name="cursor">As the page before gave it; null for the first page.</param>
    /// <param name="limit">As the caller wrote it.</param>
    /// <param name="start">The place before the first one.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="problem">Why it cannot be answered.</param>
    public static bool TryRead(string? cursor, string? limit, long start, out ListRequest request, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        Dictionary<string, string[]> errors = [];
        if (cursor is not null)
        {
            if (KeysetCursor.TryDecode(cursor, out var position)) start = position.Last;
            else errors["cursor"] = ["The cursor is not one that this list gave out."];
        }

        if (!PageLimit.TryRead(limit, PageLimit.Default, out var size)) errors["limit"] = [PageLimit.Expected];

        request = new ListRequest(start, size);
        problem = errors.Count == 0 ? null : Problem.Invalid(errors);
        return problem is null;
    }
}
