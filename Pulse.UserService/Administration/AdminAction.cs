using Pulse.Contracts.Ids;

namespace Pulse.UserService.Administration;

/// <summary>What an administrator did to an account; a row of <c>admin_actions</c>, which are never changed and outlive the accounts.</summary>
internal sealed class AdminAction
{
    public required long Id { get; init; }

    /// <summary>Null for the operator of the installation, who has no account.</summary>
    public UserId? AdminId { get; init; }

    public required UserId TargetId { get; init; }

    /// <summary>One of <see cref="AdminActions"/>.</summary>
    public required string Action { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>The values of <see cref="AdminAction.Action"/>.</summary>
internal static class AdminActions
{
    public const string Suspend = "suspend";
    public const string Limit = "limit";
    public const string Restore = "restore";
    public const string Grant = "grant-admin";
    public const string Withdraw = "withdraw-admin";
}
