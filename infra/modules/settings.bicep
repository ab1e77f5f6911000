// App settings out of the sites' settings and secrets; what the app could not read fails here, with a sentence.
// Linux takes letters, digits, '_' and '.' in a setting's name: https://learn.microsoft.com/azure/app-service/configure-common

var letters = 'abcdefghijklmnopqrstuvwxyz0123456789_.'

func wellNamed(name string) bool =>
  startsWith(toLower(name), 'sites__') && empty(filter(range(0, length(name)), i => !contains(letters, toLower(substring(name, i, 1)))))

func secret(name string) bool => contains(['secret', 'previoussecret', 'refreshtoken', 'apitoken'], last(split(toLower(name), '__'))!)

func joined(names string[]) string => join(names, ', ')

@export()
@description('The settings, or a failure that names the setting that is wrong.')
func siteSettings(plain { *: string }, secrets { *: string }, vaultUri string) { *: string } =>
  !empty(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))
    ? fail('siteSettings and siteSecretNames take names like Sites__acme__Url, of letters, digits, "_" and "." only: a site id with a hyphen cannot be an app setting on Linux. Wrong: ${joined(filter(concat(objectKeys(plain), objectKeys(secrets)), name => !wellNamed(name)))}')
    : !empty(filter(objectKeys(plain), name => secret(name)))
        ? fail('siteSettings holds plain values only. Put these into Key Vault and name the Key Vault secret in siteSecretNames: ${joined(filter(objectKeys(plain), name => secret(name)))}')
        : !empty(filter(objectKeys(secrets), name => !secret(name)))
            ? fail('siteSecretNames takes only settings that end in Secret, PreviousSecret, RefreshToken or ApiToken. Wrong: ${joined(filter(objectKeys(secrets), name => !secret(name)))}')
            : union(plain, mapValues(secrets, name => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${name})'))
