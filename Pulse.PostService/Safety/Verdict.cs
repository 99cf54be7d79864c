using Microsoft.AspNetCore.Http.HttpResults;

namespace Pulse.PostService.Safety;

/// <summary>What is to come of a post. The stricter is the greater.</summary>
internal enum Outcome
{
    Allow,

    /// <summary>It is taken, and nobody but its author sees it.</summary>
    Limit,

    /// <summary>It is not taken.</summary>
    Reject,
}

/// <summary>What a check says of a text.</summary>
/// <param name="Outcome">What is to come of it.</param>
/// <param name="Rule">By which rule, for clients and metrics; empty when it is allowed.</param>
/// <param name="Message">What its author is told; of a refusal alone.</param>
internal sealed record Verdict(Outcome Outcome, string Rule = "", string Message = "")
{
    public static readonly Verdict Allow = new(Outcome.Allow);

    private const string Type = "/problems/content-rejected";

    public static Verdict Limit(string rule) => new(Outcome.Limit, rule);

    public static Verdict Reject(string rule, string message) => new(Outcome.Reject, rule, message);

    /// <summary>Of two, the stricter one.</summary>
    public Verdict And(Verdict other) => other.Outcome > Outcome ? other : this;

    /// <summary>400 with the rule.</summary>
    public ProblemHttpResult ToProblem() => TypedResults.Problem(new HttpValidationProblemDetails(new Dictionary<string, string[]> { ["content"] = [Message] })
    {
        Status = StatusCodes.Status400BadRequest,
        Type = Type,
        Title = "The content is refused.",
        Detail = Message,
        Extensions = { ["rule"] = Rule },
    });
}
