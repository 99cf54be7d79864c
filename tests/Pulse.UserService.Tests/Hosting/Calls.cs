using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>What users do to each other, over the public calls.</summary>
internal static class Calls
{
    /// <summary>A call about another user that must be a success.</summary>
    /// <param name="user">Who calls.</param>
    /// <param name="method">PUT or DELETE.</param>
    /// <param name="call"><c>follow</c>, <c>block</c> or <c>mute</c>.</param>
    /// <param name="other">About whom.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="body">Null for none.</param>
    public static async Task<RelationshipResponse> RelateAsync(this TestUser user, HttpMethod method, string call, TestUser other, CancellationToken ct, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/v1/users/{other.Id}/{call}");
        if (body is not null) request.Content = JsonContent.Create(body, options: PulseJson.Options);
        using var response = await user.Client.SendAsync(request, ct);
        return await response.ReadAsync<RelationshipResponse>(ct);
    }

    public static Task<RelationshipResponse> FollowAsync(this TestUser user, TestUser other, CancellationToken ct) => user.RelateAsync(HttpMethod.Put, "follow", other, ct);

    /// <summary>A follow, or a change of one, that says whether the follower wants to be told of every post.</summary>
    public static Task<RelationshipResponse> FollowAsync(this TestUser user, TestUser other, bool? notify, CancellationToken ct) =>
        user.RelateAsync(HttpMethod.Put, "follow", other, ct, new { notify });

    public static Task<RelationshipResponse> UnfollowAsync(this TestUser user, TestUser other, CancellationToken ct) => user.RelateAsync(HttpMethod.Delete, "follow", other, ct);

    public static async Task<UserResponse> PatchAsync(this TestUser user, object change, CancellationToken ct)
    {
        using var response = await user.Client.PatchAsJsonAsync("/v1/users/me", change, PulseJson.Options, ct);
        return await response.ReadAsync<UserResponse>(ct);
    }

    public static Task<UserResponse> SetPrivateAsync(this TestUser user, bool isPrivate, CancellationToken ct) => user.PatchAsync(new { is_private = isPrivate }, ct);

    /// <param name="user">Who answers.</param>
    /// <param name="answer"><c>accept</c> or <c>reject</c>.</param>
    /// <param name="requester">Whose request.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<HttpStatusCode> AnswerAsync(this TestUser user, string answer, TestUser requester, CancellationToken ct)
    {
        using var response = await user.Client.PostAsync($"/v1/follow-requests/{requester.Id}/{answer}", content: null, ct);
        return response.StatusCode;
    }

    public static Task<UserResponse> ProfileAsync(this TestUser viewer, TestUser other, CancellationToken ct) => viewer.Client.GetAsync<UserResponse>($"/v1/users/{other.Id}", ct);
}
