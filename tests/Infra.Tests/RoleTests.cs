using System.Text.Json;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>Who may do what, and at which resource. Every assignment of the template is listed here: one more fails.</summary>
public sealed class RoleTests
{
    private const string BodyContainer = "Microsoft.Storage/storageAccounts/blobServices/containers";

    // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Service Bus Data Sender",
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Service Bus Data Receiver",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    [Fact]
    public async Task Roles_ByDefault_AreTheAppsAlone_AtTheNarrowestScope()
    {
        var roles = Roles(await Snapshot.DefaultAsync());

        Assert.All(roles, role => Assert.Equal(Role.App, role.Principal));
        Assert.Equal(
            [
                ("Key Vault Secrets Officer", "Microsoft.KeyVault/vaults"),
                ("Monitoring Metrics Publisher", "Microsoft.Insights/components"),
                ("Service Bus Data Receiver", "Microsoft.ServiceBus/namespaces/topics"),
                ("Service Bus Data Sender", "Microsoft.ServiceBus/namespaces/topics"),
                ("Storage Blob Data Owner", "Microsoft.Storage/storageAccounts"),
                ("Storage Table Data Contributor", "Microsoft.Storage/storageAccounts"),
            ],
            roles.Select(role => (role.Name, role.ScopeType)).Order());
    }

    /// <summary>Owner of the subscription has no data action, and keys are off: without these roles the deployer could neither put a secret in
    /// nor look at a message.</summary>
    [Fact]
    public async Task Deployer_WhenNamed_PutsSecretsInAndIsTheOperator()
    {
        var roles = Roles(await Snapshot.FullAsync()).Where(role => role.Principal == Snapshot.Deployer).ToList();

        Assert.Equal(
            [
                ("Key Vault Secrets Officer", "Microsoft.KeyVault/vaults"),
                ("Service Bus Data Receiver", "Microsoft.ServiceBus/namespaces"),
                ("Storage Blob Data Reader", BodyContainer),
            ],
            roles.Select(role => (role.Name, role.ScopeType)).Order());
    }

    [Fact]
    public async Task Operator_OtherThanTheDeployer_HasTheDeployersPlaceAtTheBus()
    {
        const string Operator = "33333333-3333-3333-3333-333333333333";

        var roles = Roles(await Snapshot.OfAsync(
            $"deployerPrincipalId = '{Snapshot.Deployer}'", $"operatorPrincipalId = '{Operator}'", "operatorPrincipalType = 'Group'"));

        Assert.Equal("Key Vault Secrets Officer", Assert.Single(roles, role => role.Principal == Snapshot.Deployer).Name);
        Assert.Equal(
            [
                ("Service Bus Data Receiver", "Microsoft.ServiceBus/namespaces", "Group"),
                ("Storage Blob Data Reader", BodyContainer, "Group"),
            ],
            roles.Where(role => role.Principal == Operator).Select(role => (role.Name, role.ScopeType, role.PrincipalType)).Order());
    }

    [Fact]
    public async Task Operator_GivenAsEmpty_LeavesTheDeployerTheVaultAlone()
    {
        var roles = Roles(await Snapshot.OfAsync($"deployerPrincipalId = '{Snapshot.Deployer}'", "operatorPrincipalId = ''"));

        Assert.Equal("Key Vault Secrets Officer", Assert.Single(roles, role => role.Principal == Snapshot.Deployer).Name);
    }

    /// <summary>Azure refuses a second assignment of the same role to the same principal at the same scope, and with it the deployment.</summary>
    [Fact]
    public async Task Operator_WhoIsAConsumerToo_IsGivenEachRoleOnce()
    {
        var roles = Roles(await Snapshot.OfAsync($"consumerPrincipalIds = ['{Snapshot.Consumer}']", $"operatorPrincipalId = '{Snapshot.Consumer.ToUpperInvariant()}'"));

        Assert.Single(roles, role => role.Name == "Storage Blob Data Reader");
        Assert.Equal(3, roles.Count(role => role.Name == "Service Bus Data Receiver")); // subscription, namespace, and the app on the topic
    }

    /// <summary>A body that is too large for a message lies in the container: a reader of the message needs both.</summary>
    [Fact]
    public async Task Consumer_WhenNamed_ReadsSubscriptionsAndClaimCheckedBodies_AndNothingElse()
    {
        var plan = await Snapshot.FullAsync();
        var consumers = Roles(plan).Where(role => role.Principal == Snapshot.Consumer).ToList();

        Assert.Equal(3, consumers.Count(role => (role.Name, role.ScopeType) == ("Service Bus Data Receiver", "Microsoft.ServiceBus/namespaces/topics/subscriptions")));
        var bodies = Assert.Single(consumers, role => role.ScopeType == BodyContainer);
        Assert.Equal("Storage Blob Data Reader", bodies.Name);
        Assert.Contains($"/blobServices/default/containers/{plan.AppSettings()["ClaimCheckContainer"]}/providers/", bodies.Id, StringComparison.Ordinal);
        Assert.Equal(4, consumers.Count);
    }

    [Fact]
    public async Task Outputs_OfTheTemplate_NameTheContainerThatConsumersRead()
    {
        var template = await Template.CompiledAsync();
        var storage = template.At("resources.storage.properties.template");

        Assert.Contains("outputs.claimCheckContainerUrl", template.Text("outputs.CLAIM_CHECK_CONTAINER_URL.value"), StringComparison.Ordinal);
        Assert.Contains("https://{0}.blob.{1}/{2}", storage.Text("outputs.claimCheckContainerUrl.value"), StringComparison.Ordinal);
        Assert.Contains("`CLAIM_CHECK_CONTAINER_URL`", Repository.Read("docs/deploy.md"), StringComparison.Ordinal);
    }

    /// <summary>Without its type, Azure looks a principal up that may be too new to be found: PrincipalNotFound
    /// (<see href="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails"/>).</summary>
    [Fact]
    public async Task Principals_All_AreGivenWithTheirType()
    {
        var roles = Roles(await Snapshot.FullAsync());

        Assert.All(roles, role => Assert.Equal(role.Principal == Snapshot.Consumer ? "Group" : "ServicePrincipal", role.PrincipalType));
    }

    [Fact]
    public async Task RoleNames_Always_AreGuidsThatDifferByScopeAndPrincipal()
    {
        var names = Roles(await Snapshot.FullAsync()).Select(role => role.Id.StartsWith('[') ? role.Id : role.Id.Split('/')[^1]).ToList();

        // The name of a role of the app contains the object id of its identity, which only Azure knows.
        Assert.All(names, name => Assert.True(Guid.TryParse(name, out _) || name.Contains($", guid(", StringComparison.Ordinal) && name.Contains(").principalId, '", StringComparison.Ordinal), name));
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task RoleNames_InTheTemplate_AreMadeOfIdsAlone_SoThatADeploymentCanBeRepeated()
    {
        var names = RoleNames(await Template.CompiledAsync()).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.StartsWith("[guid(", name, StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("newGuid", StringComparison.Ordinal) || name.Contains("utcNow", StringComparison.Ordinal)
            || name.Contains("deployment()", StringComparison.Ordinal));
    }

    private static List<Role> Roles(Snapshot plan) => [.. plan.OfType("Microsoft.Authorization/roleAssignments").Select(Role.Of)];

    /// <summary>Who may do what is a decision of the user: the page's tables list it.</summary>
    [Fact]
    public async Task DeployPage_NamesEveryRoleThatIsAssigned()
    {
        var page = Repository.Read("docs/deploy.md");

        Assert.All(Roles(await Snapshot.FullAsync()), role => Assert.Matches($@"(?m)^\| .*{role.Name} \|", page));
    }

    private static IEnumerable<string> RoleNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("type", out var type) && type.ToString() == "Microsoft.Authorization/roleAssignments" =>
            [element.Text("name")],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => RoleNames(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(RoleNames),
        _ => [],
    };

    /// <summary>An identity that was deleted and made again has another object id. Azure refuses to change the principal of an assignment
    /// (RoleAssignmentUpdateNotPermitted), so the assignment needs another name too.</summary>
    [Fact]
    public async Task RoleNames_OfTheApp_ContainTheObjectIdOfItsIdentity()
    {
        var names = Roles(await Snapshot.DefaultAsync()).Select(role => role.Id).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches(@", guid\('.*', reference\('.*/userAssignedIdentities/id-\w+', '[0-9-]+'\)\.principalId, '[0-9a-f-]{36}'\)\)\]$", name));
    }

    private sealed record Role(string Id, string Name, string ScopeType, string Principal, string PrincipalType)
    {
        /// <summary>The principal of the app's identity, in place of the expression that Azure resolves.</summary>
        public const string App = "(the app)";

        public static Role Of(JsonElement resource)
        {
            // An expression if the name is not known before the deployment: [extensionResourceId('SCOPE', 'TYPE', NAME)].
            var id = resource.Text("id");
            var at = id.StartsWith("[extensionResourceId('", StringComparison.Ordinal) ? id.Split('\'')[1] : id[..id.IndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];
            var scope = at.Split("/providers/")[^1].Split('/');
            var type = string.Join('/', scope.Where((_, index) => index == 0 || index % 2 == 1));
            var definition = resource.Text("properties.roleDefinitionId").Split('/')[^1];
            var properties = resource.At("properties");
            var principal = properties.Text("principalId");
            return new(
                id, Names.GetValueOrDefault(definition, definition), type,
                principal.EndsWith(").principalId]", StringComparison.Ordinal) && principal.Contains("/userAssignedIdentities/id-", StringComparison.Ordinal) ? App : principal,
                properties.TryGetProperty("principalType", out var kind) ? kind.GetString()! : "");
        }
    }
}
