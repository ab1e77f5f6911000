// Checks of parameters that decorators cannot do. An invalid value fails before anything is deployed, and the error says what is valid.
// Rules for a check:
// - It accepts any text without an exception: "&&" may evaluate its right side even if the left side is false.
// - An argument of "joined" does not call a function that calls "joined": the compiler reports a cycle.
// - The default value is valid, even if the module is not deployed: Azure may evaluate it anyway.

var digits = '0123456789'
var letters = 'abcdefghijklmnopqrstuvwxyz'

@export()
@description('True if the text has only these lower-case characters and their upper-case forms.')
func only(characters string, value string) bool =>
  empty(filter(range(0, length(value)), i => !contains(characters, toLower(substring(value, i, 1)))))

func joined(values string[]) string => join(values, ', ')

@export()
@description('The schedule, if it has six NCRONTAB fields.')
func schedule(name string, value string) string =>
  length(filter(split(value, ' '), field => !empty(field))) == 6 && only('${letters}${digits}*/,- ', value)
    ? value
    : fail('${name} needs six fields (second minute hour day month weekday) of digits, names, "*", "/", "," and "-", like "0 17 3 * * *", and is "${value}".')

func isBaseUrl(value string) bool =>
  startsWith(toLower(value), 'https://') && toLower(value) != 'https://' && empty(filter(['?', '#', ' '], sign => contains(value, sign)))

@export()
@description('The address, if Jira could deliver to it.')
func baseUrl(name string, value string) string =>
  empty(value) || isBaseUrl(value)
    ? value
    : fail('${name} must be an https address without query or fragment, like "https://hooks.example.com", and is "${value}".')

@export()
@description('The name, if it is valid for a resource group.')
func groupName(value string) string =>
  !endsWith(value, '.') && only('${letters}${digits}-_.()', value)
    ? value
    : fail('resourceGroupName, which is made of environmentName, takes letters, digits, "-", "_", ".", "(" and ")" and must not end in ".". It is "${value}".')

func isPrincipal(value string) bool =>
  only('${digits}abcdef-', value) && join(map(split(value, '-'), part => string(length(part))), ' ') == '8 4 4 4 12'

@export()
@description('The principals, if each is an object id.')
func principals(name string, values string[]) string[] =>
  empty(filter(values, value => !isPrincipal(value)))
    ? values
    : fail('${name} takes object ids of Entra ID, like "11111111-2222-3333-4444-555555555555". Wrong: ${joined(filter(values, value => !isPrincipal(value)))}')

func isMail(value string) bool =>
  length(split(value, '@')) == 2 && !startsWith(value, '@') && !endsWith(value, '@') && !contains(value, ' ')

@export()
@description('The address, if it is a mail address.')
func mail(name string, value string) string =>
  empty(value) || isMail(value) ? value : fail('${name} must be one mail address, like "you@example.com", and is "${value}".')

func isActionGroup(value string) bool =>
  startsWith(toLower(value), '/subscriptions/') && contains(toLower(value), '/providers/microsoft.insights/actiongroups/')

@export()
@description('The action groups, if each is a resource id.')
func actionGroups(name string, values string[]) string[] =>
  empty(filter(values, value => !isActionGroup(value)))
    ? values
    : fail('${name} takes resource ids, /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Insights/actionGroups/NAME. Wrong: ${joined(filter(values, value => !isActionGroup(value)))}')

func isNumber(value string, least int, most int) bool => contains(map(range(least, most - least + 1), n => string(n)), value)

func isIpv4(value string) bool => length(split(value, '.')) == 4 && empty(filter(split(value, '.'), part => !isNumber(part, 0, 255)))

func isIpv6(value string) bool => only('${digits}abcdef:', value) && (contains(value, '::') || length(split(value, ':')) == 8)

func isCidr(address string, bits string) bool => (isIpv4(address) && isNumber(bits, 0, 32)) || (isIpv6(address) && isNumber(bits, 0, 128))

func isRange(value string) bool => length(split(value, '/')) == 2 && isCidr(first(split(value, '/'))!, last(split(value, '/'))!)

@export()
@description('The ranges, if each is in CIDR form.')
func addressRanges(name string, values string[]) string[] =>
  empty(filter(values, value => !isRange(value)))
    ? values
    : fail('${name} takes ranges like "203.0.113.0/24" or "2001:db8::/32", a single address as "203.0.113.7/32". Wrong: ${joined(filter(values, value => !isRange(value)))}')

func isAddressSpace(value string) bool =>
  length(split(value, '/')) == 2 && isIpv4(first(split(value, '/'))!) && isNumber(last(split(value, '/'))!, 8, 24)

@export()
@description('The address space, if it can be divided into two subnets.')
func addressSpace(name string, value string) string =>
  (isAddressSpace(value) ? parseCidr(value).network == first(split(value, '/'))! : false)
    ? value
    : fail('${name} must be an IPv4 range from /8 to /24, given by its first address, like "10.20.0.0/24", and is "${value}".')
