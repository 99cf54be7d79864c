using Microsoft.AspNetCore.Http;

namespace Pulse.AppHost.Commands;

/// <summary>A few people who follow each other and have something to say. May be given again: who is there stays, who has posted does not repeat himself.</summary>
internal static class SeedCommand
{
    private static readonly string[] People = ["alice", "bob", "carol", "dave", "celebrity_user"];

    private static readonly string[] Lines =
    [
        "Good morning, everybody.",
        "The outbox was empty by breakfast: a good day for a queue.",
        "Does anybody know a quiet place to read near the harbour?",
        "What I learned this week: measure first, then guess.",
    ];

    private const string Password = "password123"; // the demo logs in with it too
    private const int CelebrityFollowers = 200;

    public static void WithSeedCommand(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ProjectResource> users, ServiceCalls calls) =>
        gateway.WithCommand("seed", "Seed demo data", context => SeedAsync(context, gateway, users, calls), new CommandOptions
        {
            Description = $"Signs up {string.Join(", ", People)} (password {Password}), who follow each other and post.",
            IconName = "PeopleAdd",
            IsHighlighted = true,
            UpdateState = DevelopmentCommands.WhileRunning,
        });

    private static async Task<ExecuteCommandResult> SeedAsync(
        ExecuteCommandContext context, IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ProjectResource> users, ServiceCalls calls)
    {
        try
        {
            var people = new List<Person>();
            foreach (var name in People) people.Add(await EnterAsync(context, users, calls, name));
            var celebrity = people[^1];
            await calls.InternalAsync<SeededFollowers>(context, HttpMethod.Post, users, "/internal/seed/followers", new { UserId = celebrity.Id, Count = CelebrityFollowers });
            foreach (var (follower, followee) in from follower in people from followee in people where follower != followee select (follower, followee))
                await calls.PublicAsync<object>(context, HttpMethod.Put, gateway, $"/v1/users/{followee.Id}/follow", follower.Token);

            var posts = 0;
            foreach (var author in people) posts += await PostAsync(context, gateway, calls, author);
            return DevelopmentCommands.Done($"{people.Count} people ({string.Join(", ", People)}; password {Password}), {posts} new posts.");
        }
        catch (CallRefusedException refused)
        {
            return CommandResults.Failure(refused.Message);
        }
    }

    // Past the gateway, whose few logins and signups per address belong to the person who seeds.
    private static async Task<Person> EnterAsync(ExecuteCommandContext context, IResourceBuilder<ProjectResource> users, ServiceCalls calls, string name)
    {
        async Task<string> LogInAsync() =>
            (await calls.PublicAsync<Login>(context, HttpMethod.Post, users, "/v1/auth/login", body: new { Username = name, Password })).AccessToken;

        string token;
        try
        {
            token = await LogInAsync();
        }
        catch (CallRefusedException refused) when (refused.Status == StatusCodes.Status401Unauthorized)
        {
            await calls.PublicAsync<object>(context, HttpMethod.Post, users, "/v1/auth/signup", body: new { Username = name, Email = $"{name}@example.org", Password });
            token = await LogInAsync();
        }

        var me = await calls.PublicAsync<Account>(context, HttpMethod.Get, users, "/v1/users/me", token);
        return new Person(me.Id, token);
    }

    private static async Task<int> PostAsync(ExecuteCommandContext context, IResourceBuilder<ProjectResource> gateway, ServiceCalls calls, Person author)
    {
        var page = await calls.PublicAsync<Page>(context, HttpMethod.Get, gateway, $"/v1/users/{author.Id}/posts?limit=1", author.Token);
        if (page.Posts.Count > 0) return 0;

        foreach (var line in Lines) await calls.PublicAsync<object>(context, HttpMethod.Post, gateway, "/v1/posts", author.Token, new { Content = line });
        return Lines.Length;
    }

    private sealed record Person(string Id, string Token);

    private sealed record Login(string AccessToken);

    private sealed record Account(string Id);

    private sealed record Page(IReadOnlyList<object> Posts);

    private sealed record SeededFollowers(int Created, long FollowersCount);
}
