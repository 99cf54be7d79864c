using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel
{
    public class RedisResource(string name) : ContainerResource(name), IResourceWithConnectionString
    {
        internal const string EndpointName = "tcp";

        public RedisResource(string name, ParameterResource password)
            : this(name) => PasswordParameter = password;

        public EndpointReference PrimaryEndpoint => new(this, EndpointName);

        public ParameterResource? PasswordParameter { get; }

        public ReferenceExpression ConnectionStringExpression => PasswordParameter is null
            ? ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}")
            : ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter}");
    }
}

namespace Aspire.Hosting
{
    public static class RedisBuilderExtensions
    {
        /// <summary>The arguments are one line of a shell, which puts the password in: the command line of the container does not hold it.</summary>
        public static IResourceBuilder<RedisResource> AddRedis(
            this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
        {
            var secret = password?.Resource ?? throw new NotSupportedException("Aspire.Hosting.Redis: the stand-in makes up no password.");
            return builder.AddResource(new RedisResource(name, secret))
                .WithEndpoint(port: port, targetPort: 6379, scheme: "redis", name: RedisResource.EndpointName)
                .WithImage("library/redis", "8.6")
                .WithImageRegistry("docker.io")
                .WithHealthCheck($"{name}_check")
                .WithEntrypoint("/bin/sh")
                .WithEnvironment(context => context.EnvironmentVariables["REDIS_PASSWORD"] = secret)
                .WithArgs("redis-server", "--requirepass", "$REDIS_PASSWORD");
        }
    }
}
