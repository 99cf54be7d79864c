using Pulse.Engine.Tests.Engine;

namespace Pulse.Engine.Tests.Interleavings;

/// <summary>What one run chose at each of its switching points.</summary>
/// <param name="Choices">The actor that went on, as an index among those that could.</param>
/// <param name="Story">The steps in their order.</param>
internal sealed record Trace(IReadOnlyList<Decision> Choices, IReadOnlyList<string> Story);

/// <summary>One switching point.</summary>
/// <param name="Chosen">Which of the actors that could go on did; 0 is the one that went before, when it still can.</param>
/// <param name="Options">How many could.</param>
/// <param name="Switches">Whether any choice but 0 takes the turn from somebody who could have gone on.</param>
internal sealed record Decision(int Chosen, int Options, bool Switches);

/// <summary>
/// Enumerates the orders in which actors can take their steps, by running them again and again: each run repeats a prefix of choices,
/// and differs from the run before in the last choice that has an alternative left.
/// </summary>
internal static class Schedules
{
    /// <param name="mostSwitches">How often an actor may lose its turn although it could go on; enough for all orders, or a bound.</param>
    /// <param name="run">Starts the actors anew, lets them take turns and checks.</param>
    /// <returns>How many orders were run.</returns>
    public static async Task<int> EnumerateAsync(int mostSwitches, Func<IReadOnlyList<int>, Task<Trace>> run)
    {
        var runs = 0;
        List<int>? prefix = [];
        while (prefix is not null)
        {
            var trace = await run(prefix);
            runs++;
            prefix = Next(trace.Choices, mostSwitches);
        }

        return runs;
    }

    /// <summary>Lets <paramref name="actors"/> take their turns: first as <paramref name="prefix"/> says, then each to its end.</summary>
    public static Trace Run(IReadOnlyList<Actor> actors, IReadOnlyList<int> prefix)
    {
        List<Decision> choices = [];
        List<string> story = [];
        foreach (var actor in actors) actor.Start();

        Actor? last = null;
        while (true)
        {
            List<Actor> able = [.. actors.Where(actor => !actor.HasEnded).OrderByDescending(actor => actor == last)];
            if (able.Count == 0) return new Trace(choices, story);

            var chosen = choices.Count < prefix.Count ? Math.Min(prefix[choices.Count], able.Count - 1) : 0;
            choices.Add(new Decision(chosen, able.Count, Switches: able[0] == last));
            last = able[chosen];
            story.Add($"{last.Name}: {last.Next}");
            try
            {
                last.Go();
            }
            catch (WrongWalkException wrong)
            {
                throw new WrongWalkException($"{wrong.Message}\n  {string.Join("\n  ", story)}");
            }
        }
    }

    private static List<int>? Next(IReadOnlyList<Decision> choices, int mostSwitches)
    {
        for (var at = choices.Count - 1; at >= 0; at--)
        {
            if (choices[at].Chosen + 1 >= choices[at].Options) continue;

            var switches = choices.Take(at).Count(choice => choice is { Switches: true, Chosen: > 0 }) + (choices[at].Switches ? 1 : 0);
            if (switches <= mostSwitches) return [.. choices.Take(at).Select(choice => choice.Chosen), choices[at].Chosen + 1];
        }

        return null;
    }
}
