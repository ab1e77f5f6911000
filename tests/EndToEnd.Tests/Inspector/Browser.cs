using EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Inspector;

/// <summary>A real Chromium, once for all tests of the page. Where there is none, the tests are skipped, unless REQUIRE_ALL is 1.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } chromium) return;

        // What a host does for a click takes seconds on a busy machine.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();

        // Chromium's sandbox does not work for root, as whom containers run.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens <paramref name="address"/> in a browser profile of its own.</summary>
    internal async Task<IPage> OpenAsync(string address, int width = 1280, ColorScheme colors = ColorScheme.Light)
    {
        Assert.SkipUnless(_browser is not null || Environment.GetEnvironmentVariable("REQUIRE_ALL") == "1", "Chromium is missing: install the package chromium.");
        Assert.NotNull(_browser);
        var profile = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = colors,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        var page = await profile.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>The address of the page of a host at <paramref name="host"/>, with the key.</summary>
    internal static string PageOf(Uri host) => $"{host.AbsoluteUri}#key={LocalHostProcess.Key()}";

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
