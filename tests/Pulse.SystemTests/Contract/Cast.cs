using System.Globalization;
using System.Net.Http.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Contract;

/// <summary>
/// Those who call and are called upon in the rows. <c>ann</c> calls; <c>bob</c> is anybody; <c>priv</c> is private and has been asked by <c>ann</c>;
/// <c>foe</c> blocks <c>ann</c>; <c>chief</c> is an administrator and has suspended <c>outcast</c>; <c>fresh</c> is new in every row, and so are <c>asker</c>, who asked <c>priv</c>, and
/// <c>culprit</c>, on whom nobody else depends.
/// </summary>
internal sealed class Cast
{
    private const string Password = "password123";
    private static readonly string[] Lasting = ["ann", "bob", "priv", "foe", "chief", "outcast"];
    private static readonly string[] Renewed = ["fresh", "asker", "culprit"];
    private static Cast? _cast;

    private readonly RunningPulse _pulse;
    private readonly Dictionary<string, PulseUser> _users = new(StringComparer.Ordinal);
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
        return _cast = cast;
    }

    /// <summary>Whether a value names somebody of the cast, or something of his: <c>bob.name</c>.</summary>
    public static bool Has(string value) => Lasting.Concat(Renewed).Contains(value.Split('.')[0]);

    public PulseUser this[string name] => _users[name];

    /// <summary>Makes those anew who are new in every row.</summary>
    public async Task RenewAsync(string row, CancellationToken ct)
    {
        foreach (var name in Renewed)
        {
            if (row.Contains(name, StringComparison.Ordinal)) _users[name] = await _pulse.NewUserAsync(ct);
        }

        if (row.Contains("asker", StringComparison.Ordinal)) await this["asker"].FollowAsync(this["priv"], ct);
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
        [var name] => this[name].Id,
        [var name, "name"] => this[name].Username,
        [var name, "mail"] => Mail(name),
        [var name, "refresh"] => await RefreshTokenAsync(name, ct),
        [var name, "verify"] => (await ReceivedMail.WaitForAsync(_mails, Mail(name), "confirm", 1, ct)).Token,
        [var name, "reset"] => await ResetTokenAsync(name, ct),
        _ => throw new ArgumentException($"Nothing is called {what}.", nameof(what)),
    };

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
