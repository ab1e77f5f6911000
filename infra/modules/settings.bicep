// App settings out of the sites' settings and secrets; what the app could not read fails here, with a sentence.
// Linux takes letters, digits, '_' and '.' in a setting's name: https://learn.microsoft.com/azure/app-service/configure-common

var ofTheOAuthApp = ['oauthclientid', 'oauthclientsecret', 'oauthpreviousclientsecret']
var endingsOfSecrets = ['secret', 'previoussecret', 'refreshtoken', 'apitoken', 'oauthclientsecret', 'oauthpreviousclientsecret']
var letters = 'abcdefghijklmnopqrstuvwxyz0123456789_.'

func declared(name string) bool => startsWith(name, 'sites__') || startsWith(name, 'subscriptions__') || contains(ofTheOAuthApp, name)

func wellNamed(name string) bool =>
  declared(toLower(name)) && empty(filter(range(0, length(name)), i => !contains(letters, toLower(substring(name, i, 1)))))

func secret(name string) bool => contains(endingsOfSecrets, last(split(toLower(name), '__'))!)

func joined(names string[]) string => join(names, ', ')

@export()
@description('The settings, or a failure that names the setting that is wrong.')
func siteSettings(plain { *: string }, secrets { *: string }, vaultUri string) { *: string } =>
  !empty(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))
    ? fail('siteSettings and siteSecretNames take names like Sites__acme__Url, Subscriptions__issues__Jql or OAuthClientId, of letters, digits, "_" and "." only: a site id with a hyphen cannot be an app setting on Linux. Wrong: ${joined(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))}')
    : !empty(filter(objectKeys(plain), name => secret(name)))
        ? fail('siteSettings holds plain values only. Put these into Key Vault and name the Key Vault secret in siteSecretNames: ${joined(filter(objectKeys(plain), name => secret(name)))}')
        : !empty(filter(objectKeys(secrets), name => !secret(name)))
            ? fail('siteSecretNames takes only settings that end in Secret, RefreshToken or ApiToken. Wrong: ${joined(filter(objectKeys(secrets), name => !secret(name)))}')
            : union(plain, mapValues(secrets, name => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${name})'))
