using JiraWebhooks.Jira;

namespace JiraWebhooks.Tests.Jira;

public sealed class QueryStringHashTests
{
    [Theory]
    [InlineData("GET", "/path", "", "", "799be84a7fa35570087163c0cd9af3abff7ac05c2c12ba0bb1d7eebc984b3ac2")]
    [InlineData("GET", "/", "", "", "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239")]
    [InlineData("GET", "", "", "", "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239")]
    [InlineData("POST", "/hello-world", "", "", "6f95f3738e1b037a3bebbe0ad237d80fdbc1d5ae452e98ce03a9c004c178ebb4")]
    [InlineData("GET", "/hello-world", "lic=none&tz=Australia%2FSydney&cp=%2Fjira&user_key=&loc=en-US&user_id=&jwt=X&xdm_e=http%3A%2F%2Fstorm%3A2990&xdm_c=channel-servlet-hello-world&xdm_p=1", "", "8063ff4ca1e41df7bc90c8ab6d0f6207d491cf6dad7c66ea797b4614b71922e9")]
    [InlineData("GET", "/test", "param=value", "", "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd")]
    [InlineData("post", "/webhooks/jira", "", "", "df497fbf798f8202322f33eb286d79a3ecc2053d57121b0b28386ee98b6397af")]
    [InlineData("POST", "/webhooks/jira/", "", "", "df497fbf798f8202322f33eb286d79a3ecc2053d57121b0b28386ee98b6397af")]
    [InlineData("POST", "/api/jira/installed", "", "/api", "6e99575fd6c801acd66ed861acacb775c443cb578b11d57d8818272937ddeeb8")]
    [InlineData("POST", "/api/jira/installed", "", "/api/", "6e99575fd6c801acd66ed861acacb775c443cb578b11d57d8818272937ddeeb8")]
    [InlineData("GET", "/rest/api/3/webhook", "?startAt=0&maxResults=100", "/", "ecb8c8eae37c4f1936948459f4d1be1284e1cae87a3ca90b7fac808f142bb568")]
    [InlineData("POST", "/rest/api/3/webhook", "", "", "3f049c089da55f0bf1012f26376c70034bb72566ac7e24d284fde301d4234019")]
    [InlineData("DELETE", "/rest/api/3/webhook", "", "", "d9a4fcef56e1754c8e86f9adcbbc887eebe22c4a6251f944708cc52520711bf5")]
    [InlineData("PUT", "/rest/api/3/webhook/refresh", "", "", "76885a42cab22006820c9b05bb583a381f02e334fb19da14e328b15ccea54039")]
    [InlineData("GET", "/rest/api/3/webhook/failed", "after=1573540473480&maxResults=100", "", "bc3e14883ad4fda6b09e8c2a5b8ee9bc96ae75b6a4c676b86ed2bd552a900f22")]
    [InlineData("GET", "/p", "a=!%27()*~-._+%2B%26%3D/?,;:@$", "", "5266e336197c736915c72340f72af2f083d05bf1e9aef3b7b52c7b89d378549c")]
    [InlineData("GET", "/path/to/service", "zee_last=param&repeated=parameter+1&first=param&repeated=parameter%202", "", "e52bb281606c3bd9ca16cfe96fe2df78f5d9ffa126f06befd750dfa10fa1a897")]
    [InlineData("GET", "/p", "cl%C3%A9=%C3%A9t%C3%A9%20%E2%98%83", "", "a061e51dd85288489b90b05dacebcf821b5db844838cd12fdcd20bfcdf668ad5")]
    [InlineData("GET", "/p", "ids=10&ids=2&ids=1", "", "b6a9bcbfbd2eaef6a0e4cf860557c54a9caa1e288894443a1150ceb968f75a8e")]
    [Trait("Rule", "query-string-hash")]
    public void Compute_PublishedVector_Agrees(string method, string path, string query, string basePath, string expected) =>
        Assert.Equal(expected, QueryStringHash.Compute(method, path, query, basePath));

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void Compute_EveryVectorOfAtlassiansLibrary_Agrees()
    {
        var vectors = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Jira", "qsh-vectors.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();

        Assert.Equal(78, vectors.Count);
        Assert.All(vectors, vector => Assert.Equal(vector[3], QueryStringHash.Compute(vector[0], vector[1], vector[2])));
    }

    [Theory]
    [InlineData("GET", "/path/to/service", "first=param&repeated=Parameter%202&repeated=parameter%201&repeated=parameter%202&zee_last=param", "", "GET&/path/to/service&first=param&repeated=Parameter%202,parameter%201,parameter%202&zee_last=param")]
    [InlineData("GET", "/hello-world", "c=&b=foo&a", "", "GET&/hello-world&a=&b=foo&c=")]
    [InlineData("GET", "/hello-world", "=foo&a=", "", "GET&/hello-world&=foo&a=")]
    [InlineData("GET", "/hello-world", "?a=b&?c=d", "", "GET&/hello-world&%3Fc=d&a=b")]
    [InlineData("GET", "/hello-world", "??a=b", "", "GET&/hello-world&%3Fa=b")]
    [InlineData("POST", "/hello-world", null, null, "POST&/hello-world&")]
    [InlineData("POST", "/jira/rest/api/2/project/jira&a=b&c=d", "x=y", "/jira", "POST&/rest/api/2/project/jira%26a=b%26c=d&x=y")]
    [InlineData("GET", "/base/path/to/service", "", "/base", "GET&/path/to/service&")]
    [InlineData("GET", "/basement", "", "/base", "GET&/basement&")]
    [InlineData("GET", "/base", "", "/base", "GET&/&")]
    [InlineData("GET", "/test", "title=1+%2B+1+equals+3", "", "GET&/test&title=1%20%2B%201%20equals%203")]
    [InlineData("GET", "/test", "query=connect*", "", "GET&/test&query=connect%2A")]
    [InlineData("GET", "/test", "tuples=1%2C2%2C3&tuples=6%2C5%2C4&tuples=7%2C9%2C8", "", "GET&/test&tuples=1%2C2%2C3,6%2C5%2C4,7%2C9%2C8")]
    [InlineData("GET", "/test", "c=&c=+&c=%2520&c=%2B", "", "GET&/test&c=,%20,%2520,%2B")]
    [InlineData("GET", "/test", "A=A&a=a&b=b&B=B", "", "GET&/test&A=A&B=B&a=a&b=b")]
    [InlineData("GET", "/test", "ids=%3A2&ids=.2&ids=.1&ids=%3A1", "", "GET&/test&ids=.1,.2,%3A1,%3A2")]
    [InlineData("GET", "/endsWithDelimiter/", "", "", "GET&/endsWithDelimiter&")]
    [InlineData("GET", "/path!$&'()*+,;=", "a=b", "", "GET&/path!$%26'()*+,;=&a=b")]
    [InlineData("GET", "/p", "a=!%27()*~-._+%2B%26%3D/?,;:@$", "", "GET&/p&a=%21%27%28%29%2A~-._%20%2B%26%3D%2F%3F%2C%3B%3A%40%24")]
    [Trait("Rule", "query-string-hash")]
    public void Canonical_PublishedVector_Agrees(string method, string path, string? query, string? basePath, string expected) =>
        Assert.Equal(expected, QueryStringHash.Canonical(method, path, query, basePath));
}
