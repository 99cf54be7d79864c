using Microsoft.OpenApi;
using Pulse.Contracts.Ids;

namespace Pulse.PostService.Posts;

internal static class PostsOpenApi
{
    private static readonly Type[] Ids = [typeof(PostId), typeof(UserId)];

    /// <summary>The description at <c>/openapi/v1.json</c>. Ids have a converter of their own, which the generator cannot look into.</summary>
    public static IServiceCollection AddPostsOpenApi(this IServiceCollection services) => services.AddOpenApi(options =>
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (Ids.Contains(Nullable.GetUnderlyingType(type) ?? type))
            {
                schema.Type = Nullable.GetUnderlyingType(type) is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
                schema.Pattern = "^[1-9][0-9]{0,18}$";
                schema.Description = "A 63-bit id as decimal digits.";
            }

            return Task.CompletedTask;
        }));
}
