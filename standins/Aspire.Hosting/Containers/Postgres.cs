using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel
{
    public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : ContainerResource(name), IResourceWithConnectionString
    {
        internal const string EndpointName = "tcp";
        private readonly Dictionary<string, string> _databases = new(StringComparer.OrdinalIgnoreCase);

        public EndpointReference PrimaryEndpoint => new(this, EndpointName);

        public ParameterResource? UserNameParameter { get; set; } = userName;

        public ParameterResource PasswordParameter { get; set; } = password;

        /// <summary>The name of the resource, and the name of its database.</summary>
        public IReadOnlyDictionary<string, string> Databases => _databases;

        public ReferenceExpression UserNameReference =>
            UserNameParameter is null ? ReferenceExpression.Create($"postgres") : ReferenceExpression.Create($"{UserNameParameter}");

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
            $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserNameReference};Password={PasswordParameter}");

        internal void AddDatabase(string resource, string database) => _databases.Add(resource, database);
    }

    public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
        : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
    {
        public PostgresServerResource Parent { get; } = postgresParentResource;

        public string DatabaseName { get; } = databaseName;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={DatabaseName}");
    }
}

namespace Aspire.Hosting
{
    public static class PostgresBuilderExtensions
    {
        // Postgres 18 moved the data folder of its image: below it, each major version has its own.
        private const int MovedDataVersion = 18;

        public static IResourceBuilder<PostgresServerResource> AddPostgres(
            this IDistributedApplicationBuilder builder,
            string name,
            IResourceBuilder<ParameterResource>? userName = null,
            IResourceBuilder<ParameterResource>? password = null,
            int? port = null)
        {
            var secret = password?.Resource ?? throw new NotSupportedException("Aspire.Hosting.PostgreSQL: the stand-in makes up no password.");
            return builder.AddResource(new PostgresServerResource(name, userName?.Resource, secret))
                .WithEndpoint(port: port, targetPort: 5432, name: PostgresServerResource.EndpointName)
                .WithImage("library/postgres", "17.6")
                .WithImageRegistry("docker.io")
                .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
                .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
                .WithEnvironment(context =>
                {
                    var server = (PostgresServerResource)context.Resource;
                    context.EnvironmentVariables["POSTGRES_USER"] = server.UserNameReference;
                    context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
                })
                .WithHealthCheck($"{name}_check");
        }

        public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
        {
            var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
            builder.Resource.AddDatabase(name, database.DatabaseName);
            return builder.ApplicationBuilder.AddResource(database).WithHealthCheck($"{name}_check");
        }

        public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
            builder.WithVolume(name ?? throw new NotSupportedException("Aspire.Hosting.PostgreSQL: the stand-in makes up no name of a volume."), DataPath(builder), isReadOnly);

        private static string DataPath(IResourceBuilder<PostgresServerResource> builder)
        {
            var tag = builder.Resource.Annotations.OfType<ContainerImageAnnotation>().Last().Tag ?? "";
            var major = tag.Split('.', '-')[0];
            return int.TryParse(major, CultureInfo.InvariantCulture, out var version) && version >= MovedDataVersion ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
        }
    }
}
