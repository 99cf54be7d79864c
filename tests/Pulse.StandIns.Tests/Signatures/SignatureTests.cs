using System.Reflection;

namespace Pulse.StandIns.Tests.Signatures;

/// <summary>What the stand-ins show and what standins/signatures says was compared with the packages are the same, so the list can't rot.</summary>
public sealed class SignatureTests
{
    public static TheoryData<string, string> Packages => new()
    {
        { "Aspire.Hosting", "Aspire.Hosting" },
        { "Aspire.StackExchange.Redis", "Aspire.StackExchange.Redis" },
        { "Aspire.Npgsql.EntityFrameworkCore.PostgreSQL", "Aspire.Npgsql.EntityFrameworkCore.PostgreSQL" },
        { "AWSSDK.SQS", "AWSSDK.SQS" },
        { "AWSSDK.SimpleNotificationService", "AWSSDK.SimpleNotificationService" },
        { "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Extensions.Hosting" },
        { "Microsoft.AspNetCore.Authentication.JwtBearer", "Microsoft.AspNetCore.Authentication.JwtBearer" },
    };

    [Theory]
    [MemberData(nameof(Packages))]
    public void StandIn_PublicSurface_IsWhatWasCompared(string package, string assembly)
    {
        var surface = PublicSurface.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(SignatureTable.WriteVariable) is "1") SignatureTable.Write(package, surface);

        var table = SignatureTable.Read(package);
        var shown = surface.SelectMany(type => type.Value.Prepend("").Select(member => $"{type.Key}: {member}")).ToHashSet(StringComparer.Ordinal);
        var listed = table.Values.SelectMany(row => row.Members.Prepend("").Select(member => $"{row.Type}: {member}")).ToHashSet(StringComparer.Ordinal);
        string[] differences = [.. shown.Except(listed).Select(one => $"public and not listed: {one}"), .. listed.Except(shown).Select(one => $"listed and not public: {one}")];

        Assert.True(
            differences.Length == 0,
            $"standins/signatures/{package}.md ({SignatureTable.WriteVariable}=1 rewrites its members; compare them, then say so in the last columns)\n{string.Join('\n', differences)}");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Table_EachRow_SaysWhereItWasSeen(string package, string assembly) => Assert.All(
        SignatureTable.Read(package).Values,
        row => Assert.True(row.Seen.Length > 0 && row.Verdict.Length > 0 && row.Verdict != SignatureRow.NotCompared, $"{assembly}, {row.Type}: {row.Verdict}"));
}
