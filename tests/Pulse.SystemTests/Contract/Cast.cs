using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Contract;

/// <summary>
/// Those who call and are called upon in the rows. <c>ann</c> calls; <c>bob</c> is anybody; <c>priv</c> is private and has been asked by <c>ann</c>;
/// <c>foe</c> blocks <c>ann</c>; <c>chief</c> is an administrator and has suspended <c>outcast</c>; <c>fresh</c> is new in every row, and so are <c>asker</c>, who asked <c>priv</c>, and
/// <c>culprit</c>, on whom nobody else depends. Of the posts <c>open</c>, <c>answer</c> to it and <c>closed</c>, for followers, are bob's; <c>mine</c> is a new one of ann's in every row,
/// <c>gone</c> is one that she has deleted; <c>upload</c> is a new upload of hers, of which nothing is there yet, <c>attached</c> one that a post has; <c>hoarder</c> has announced as many as anybody may. <c>case</c> is a
/// new report of hers about culprit, <c>decided</c> one that chief has dismissed.
/// </summary>
internal sealed class Cast
{
    private const string Password = "password123";
    private static readonly string[] Lasting = ["ann", "bob", "priv", "foe", "chief", "outcast", "hoarder"];
    private static readonly string[] Renewed = ["fresh", "asker", "culprit"];
    private static readonly string[] Things = ["open", "answer", "closed", "mine", "gone", "upload", "attached", "case", "decided"];
    private static Cast? _cast;

    private readonly RunningPulse _pulse;
    private readonly Dictionary<string, PulseUser> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _things = new(StringComparer.Ordinal);
    private readonly Uri _mails;

    private Cast(RunningPulse pulse, Uri mails) => (_pulse, _mails) = (pulse, mails);

    public static async Task<Cast> GetAsync(RunningPulse pulse, CancellationToken ct)
    {
        if (_cast is not null) return _cast;

        var mail = await pulse.StatusAsync("mail", ct);
        var cast = new Cast(pulse, mail.GetProperty("urls").EnumerateArray().Select(url => new Uri(url.GetString()!)).Single(url => url.Scheme == "http"));
        foreach (var (name, user) in Lasting.Zip(await pulse.NewUsersAsync(Lasting.Length, ct))) cast._users[name] = user;
        await pulse.Command.MustAsync($"admin grant {cast["chief"].Username}", ct);
        cast._users["chief"] = await pulse.LogInAsync(cast["chief"].Username, Password, ct);
        using var suspended = await cast["chief"].Client.PostAsync($"/v1/admin/users/{cast["outcast"].Id}/suspend", content: null, ct);
        await suspended.MustJsonAsync(ct);
        await cast["foe"].BlockAsync(cast["ann"], ct);
        using var hidden = await cast["priv"].Client.PatchAsJsonAsync("/v1/users/me", new { is_private = true }, ct);
        await hidden.MustJsonAsync(ct);
        await cast["ann"].FollowAsync(cast["priv"], ct);
        await cast.PublishAsync(ct);
        return _cast = cast;
    }

    /// <summary>Whether a value names somebody of the cast, or something of his: <c>bob.name</c>.</summary>
    public static bool Has(string value) => Lasting.Concat(Renewed).Concat(Things).Contains(value.Split('.')[0]);

    public PulseUser this[string name] => _users[name];

    /// <summary>Makes those anew who are new in every row.</summary>
    public async Task RenewAsync(string row, CancellationToken ct)
    {
        foreach (var name in Renewed)
        {
            if (row.Contains(name, StringComparison.Ordinal)) _users[name] = await _pulse.NewUserAsync(ct);
        }

        if (row.Contains("asker", StringComparison.Ordinal)) await this["asker"].FollowAsync(this["priv"], ct);
        if (row.Contains("mine", StringComparison.Ordinal)) _things["mine"] = await this["ann"].PostAsync("mine", ct);
        if (row.Contains("upload", StringComparison.Ordinal)) _things["upload"] = await MadeAsync("ann", "/v1/media", new { content_type = "image/png", size_bytes = 1000 }, "media_id", ct);
        if (row.Contains("case", StringComparison.Ordinal) || row.Contains("decided", StringComparison.Ordinal)) await ReportAsync(ct);
        if (!row.Contains("decided", StringComparison.Ordinal)) return;

        using var decided = await this["chief"].Client.PostAsJsonAsync($"/v1/admin/reports/{_things["decided"]}/resolve", new { action = "dismiss" }, ct);
        await decided.MustJsonAsync(ct);
    }

    /// <summary>Puts in what stands between braces: <c>{bob.name}</c>, <c>{fresh.mail}</c>, <c>{fresh.refresh}</c>, <c>{fresh.reset}</c>, <c>{new}</c>, <c>{long:129}</c>.</summary>
    public async Task<string> FillAsync(string text, CancellationToken ct)
    {
        while (text.IndexOf('{', StringComparison.Ordinal) is >= 0 and var from)
        {
            var to = text.IndexOf('}', from);
            text = text[..from] + await ValueAsync(text[(from + 1)..to], ct) + text[(to + 1)..];
        }

        return text;
    }

    private async Task<string> ValueAsync(string what, CancellationToken ct) => what.Split('.', ':') switch
    {
        ["new"] => $"newcomer_{Random.Shared.NextInt64(1_000_000_000):x}",
        ["long", var length] => new string('x', int.Parse(length, CultureInfo.InvariantCulture)),
        [var name] => _things.GetValueOrDefault(name) ?? this[name].Id,
        [var name, "name"] => this[name].Username,
        [var name, "mail"] => Mail(name),
        [var name, "refresh"] => await RefreshTokenAsync(name, ct),
        [var name, "verify"] => (await ReceivedMail.WaitForAsync(_mails, Mail(name), "confirm", 1, ct)).Token,
        [var name, "reset"] => await ResetTokenAsync(name, ct),
        _ => throw new ArgumentException($"Nothing is called {what}.", nameof(what)),
    };

    private async Task PublishAsync(CancellationToken ct)
    {
        _things["open"] = await this["bob"].PostAsync("open #contract", ct);
        _things["answer"] = await this["bob"].PostAsync(new { content = "answer", in_reply_to = _things["open"] }, ct);
        _things["closed"] = await this["bob"].PostAsync(new { content = "closed", visibility = "followers" }, ct);
        await KeyedAsync("spent", "once", ct);
        _things["gone"] = await KeyedAsync("gone", "gone", ct);
        await this["ann"].DeleteAsync(_things["gone"], ct);
        _things["attached"] = await this["ann"].UploadAsync(ct);
        await this["ann"].PostAsync(new { media_ids = (string[])[_things["attached"]] }, ct);
        while (true)
        {
            using var answer = await this["hoarder"].Client.PostAsJsonAsync("/v1/media", new { content_type = "image/png", size_bytes = 1000 }, ct);
            if (answer.StatusCode == HttpStatusCode.Conflict) return;

            await answer.MustJsonAsync(ct);
        }
    }

    private async Task ReportAsync(CancellationToken ct)
    {
        _users["culprit"] = await _pulse.NewUserAsync(ct);
        await MadeAsync("ann", "/v1/reports", new { user_id = this["culprit"].Id, reason = "spam" }, "id", ct);
        using var cases = await this["chief"].Client.GetAsync("/v1/admin/reports?limit=1", ct);
        _things["case"] = _things["decided"] = (await cases.MustJsonAsync(ct)).GetProperty("reports")[0].GetProperty("id").GetString()!;
    }

    private async Task<string> KeyedAsync(string key, string content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content }) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await this["ann"].Client.SendAsync(request, ct);
        return (await answer.MustJsonAsync(ct)).GetProperty("id").GetString()!;
    }

    private async Task<string> MadeAsync(string who, string path, object body, string id, CancellationToken ct)
    {
        using var answer = await this[who].Client.PostAsJsonAsync(path, body, ct);
        return (await answer.MustJsonAsync(ct)).GetProperty(id).GetString()!;
    }

    private string Mail(string name) => $"{this[name].Username}@example.org";

    private async Task<string> RefreshTokenAsync(string name, CancellationToken ct)
    {
        using var login = await _pulse.Api.PostAsJsonAsync("/v1/auth/login", new { username = this[name].Username, password = Password }, ct);
        return (await login.MustJsonAsync(ct)).GetProperty("refresh_token").GetString()!;
    }

    private async Task<string> ResetTokenAsync(string name, CancellationToken ct)
    {
        using var forgot = await _pulse.Api.PostAsJsonAsync("/v1/auth/password/forgot", new { email = Mail(name) }, ct);
        Assert.True(forgot.IsSuccessStatusCode);
        return (await ReceivedMail.WaitForAsync(_mails, Mail(name), "new password", 1, ct)).Token;
    }
}
