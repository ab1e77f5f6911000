// Makes app settings from the sites' settings and secrets. Settings that the app cannot read fail here with an error.
// On Linux the name of a setting has letters, digits, '_' and '.': https://learn.microsoft.com/azure/app-service/configure-common
import { only } from 'checks.bicep'

var ofTheOAuthApp = ['oauthclientid', 'oauthclientsecret', 'oauthpreviousclientsecret']
var endingsOfSecrets = ['secret', 'previoussecret', 'refreshtoken', 'apitoken', 'oauthclientsecret', 'oauthpreviousclientsecret']
var letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

func declared(name string) bool => startsWith(name, 'sites__') || startsWith(name, 'webhooks__') || contains(ofTheOAuthApp, name)

func wellNamed(name string) bool => declared(toLower(name)) && only('${letters}_.', name)

func secret(name string) bool => contains(endingsOfSecrets, last(split(toLower(name), '__'))!)

// https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
func vaultName(name string) bool => !empty(name) && length(name) <= 127 && only('${letters}-', name)

// Only the names of the settings, because a value may be the secret itself.
func misnamed(secrets { *: string }) string[] => map(filter(items(secrets), entry => !vaultName(entry.value)), entry => entry.key)

func joined(names string[]) string => join(names, ', ')

@export()
@description('The settings, or an error that names the invalid setting.')
func siteSettings(plain { *: string }, secrets { *: string }, vaultUri string) { *: string } =>
  !empty(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))
    ? fail('siteSettings and siteSecretNames take names like Sites__acme__Url, Webhooks__issues__Jql or OAuthClientId, of letters, digits, "_" and "." only: a site id with a hyphen cannot be an app setting on Linux. Wrong: ${joined(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))}')
    : !empty(filter(objectKeys(plain), name => secret(name)))
        ? fail('siteSettings holds plain values only. Put these into Key Vault and name the Key Vault secret in siteSecretNames: ${joined(filter(objectKeys(plain), name => secret(name)))}')
        : !empty(filter(objectKeys(secrets), name => !secret(name)))
            ? fail('siteSecretNames takes only settings that end in Secret, RefreshToken or ApiToken. Wrong: ${joined(filter(objectKeys(secrets), name => !secret(name)))}')
            : !empty(misnamed(secrets))
                ? fail('siteSecretNames takes names of Key Vault secrets: 1 to 127 letters, digits and hyphens, never an address or the secret itself. Wrong: ${joined(misnamed(secrets))}')
                : union(plain, mapValues(secrets, name => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${name})'))
