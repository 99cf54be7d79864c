using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests.Contract;

/// <summary>Every row of the HTTP contract through the gateway, with its errors; and the OpenAPI document says the same.</summary>
public sealed partial class ContractTests(RunningPulse pulse) : SystemTest(pulse)
{
    private static readonly IReadOnlyList<Call> Calls = [.. PeopleCalls.All, .. PostCalls.All];

    // Told of every call by the gateway, and provoked elsewhere: limits, slow, large and foreign bodies, services that are away.
    private static readonly int[] OfTheGateway = [408, 413, 415, 429, 502, 503, 504];

    public static TheoryData<int, string, int, string?> Rows
    {
        get
        {
            var rows = new TheoryData<int, string, int, string?>();
            for (var row = 0; row < Calls.Count; row++)
            {
                var call = Calls[row];
                rows.Add(row, call.Line, call.Status, call.Who);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Call_OfTheContract_AnswersAsItSays(int row, string line, int status, string? who)
    {
        var call = Calls[row];
        Assert.Equal((line, status, who), (call.Line, call.Status, call.Who));
        var cast = await Cast.GetAsync(Pulse, Ct);
        await cast.RenewAsync($"{call.Line} {call.Who} {call.Body}", Ct);
        using var request = new HttpRequestMessage(HttpMethod.Parse(call.Method), await cast.FillAsync(call.Target, Ct));
        if (call.Key is not null) request.Headers.Add("Idempotency-Key", call.Key);
        if (call.Body is not null) request.Content = new StringContent(await BodyAsync(cast, call.Body), Encoding.UTF8, "application/json");

        using var answer = await (who is null ? Pulse.Api : cast[who].Client).SendAsync(request, Ct);

        var said = call.Says.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (status < 400) await SucceededAsync(answer, status, said);
        else if (status == 400) await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, said);
        else await RefusedAsync(answer, status, call.Says);
    }

    [Fact]
    public async Task OpenApi_OfEveryCall_TellsOfItsAnswersAndOfNoOther()
    {
        var document = await Pulse.Api.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Ct);

        Assert.All(Calls.GroupBy(call => (call.Method, call.Template)), call =>
        {
            var told = document.GetProperty("paths").GetProperty(call.Key.Template).GetProperty(call.Key.Method.ToLowerInvariant()).GetProperty("responses");
            Assert.Equal(
                call.Select(row => row.Status).Distinct().Order(),
                told.EnumerateObject().Select(response => int.Parse(response.Name, CultureInfo.InvariantCulture)).Except(OfTheGateway).Order());
        });
    }

    [Fact]
    public async Task OpenApi_EveryCall_IsInTheContract()
    {
        var document = await Pulse.Api.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Ct);
        var told =
            from path in document.GetProperty("paths").EnumerateObject()
            from call in path.Value.EnumerateObject()
            where path.Name != "/system/health" && !(call.Value.TryGetProperty("deprecated", out var old) && old.GetBoolean())
            select $"{call.Name.ToUpperInvariant()} {path.Name}";

        Assert.Equal(Calls.Select(call => $"{call.Method} {call.Template}").Distinct().Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    // The braces of JSON are not those of a value: only what names one is filled in.
    private static async Task<string> BodyAsync(Cast cast, string body)
    {
        var filled = new StringBuilder();
        foreach (var part in Value().Split(body)) filled.Append(Value().IsMatch(part) ? await cast.FillAsync(part, Ct) : part);
        return filled.ToString();
    }

    [GeneratedRegex(@"(\{[\w.:]+\})")]
    private static partial Regex Value();

    private static async Task SucceededAsync(HttpResponseMessage answer, int status, string[] members)
    {
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(status == (int)answer.StatusCode, $"Expected {status}, got {(int)answer.StatusCode}: {body}");
        if (members.Length == 0) Assert.Empty(body);
        else Assert.Equal(members.Order(StringComparer.Ordinal), JsonElement.Parse(body).EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, int status, string type)
    {
        var problem = await ProblemJson.AssertAsync(answer, (HttpStatusCode)status, Ct);
        if (type.Length > 0) Assert.Equal(type, problem.GetProperty("type").GetString());
    }
}
