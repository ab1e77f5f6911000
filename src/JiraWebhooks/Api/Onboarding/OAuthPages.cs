using System.Net;
using System.Text;

namespace JiraWebhooks.Api;

/// <summary>The pages that a person sees: plain HTML without scripts and external content; every text is encoded.</summary>
internal static class OAuthPages
{
    /// <summary>A page that says what happened and what to do next.</summary>
    public static string Message(string title, params ReadOnlySpan<string> paragraphs)
    {
        var body = new StringBuilder();
        foreach (var paragraph in paragraphs) body.Append("<p>").Append(Text(paragraph)).Append("</p>\n");
        return Page(title, body.ToString());
    }

    /// <summary>The form to choose tenants.</summary>
    public static string Choice(IReadOnlyList<Candidate> candidates, string state, Uri action)
    {
        var body = new StringBuilder($"<p>Atlassian gave this app access to {candidates.Count} site(s). Choose those it is to work for:</p>\n");
        body.Append($"<form method=\"post\" action=\"{Text(action.AbsoluteUri)}\">\n<input type=\"hidden\" name=\"state\" value=\"{Text(state)}\">\n");
        foreach (var candidate in candidates)
        {
            var note = candidate.Problem ?? Note(candidate);
            body.Append($"<p><label><input type=\"checkbox\" name=\"site\" value=\"{Text(candidate.CloudId)}\"{(candidate.Problem is not null ? " disabled" : candidate.SwitchedOff ? "" : " checked")}> ")
                .Append($"{Text(candidate.Name)} ({Text(candidate.Url.Host)}): {Text(note)}</label></p>\n");
        }

        return Page("Choose sites", body.Append("<p><button>Connect</button></p>\n</form>\n").ToString());
    }

    private static string Note(Candidate candidate) => candidate switch
    {
        { SwitchedOff: true } => $"connected already as {candidate.SiteId} and switched off: choosing it switches it on",
        { HasGrant: true } => $"connected already as {candidate.SiteId}: this consent has renewed its grant",
        { Known: true } => $"connected already as {candidate.SiteId}: gets the new grant",
        _ => $"becomes {candidate.SiteId}",
    };

    private static string Page(string title, string body) =>
        $"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{Text(title)}</title>\n"
        + $"<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}</style>\n<h1>{Text(title)}</h1>\n{body}</html>\n";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
