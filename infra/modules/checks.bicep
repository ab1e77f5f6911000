// Parameters that decorators cannot check: a wrong one fails before anything is deployed, and the sentence says what is right.

var groupLetters = 'abcdefghijklmnopqrstuvwxyz0123456789-_.()'

@export()
@description('The schedule, if it has six fields.')
func schedule(name string, value string) string =>
  length(filter(split(value, ' '), field => !empty(field))) == 6
    ? value
    : fail('${name} needs six fields (second minute hour day month weekday), like "0 17 3 * * *", and is "${value}".')

@export()
@description('The address, if Jira could deliver to it.')
func baseUrl(name string, value string) string =>
  empty(value) || (startsWith(toLower(value), 'https://') && !contains(value, '?') && !contains(value, '#'))
    ? value
    : fail('${name} must be an https address without query or fragment, like "https://hooks.example.com", and is "${value}".')

@export()
@description('The name, if Azure takes it for a resource group.')
func groupName(value string) string =>
  !endsWith(value, '.') && empty(filter(range(0, length(value)), i => !contains(groupLetters, toLower(substring(value, i, 1)))))
    ? value
    : fail('resourceGroupName, which is made of environmentName, takes letters, digits, "-", "_", ".", "(" and ")" and must not end in ".". It is "${value}".')
