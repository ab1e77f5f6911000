namespace EndToEnd.Tests.Contract;

/// <summary>One process for the calls of the management API and for the rows they leave.</summary>
[CollectionDefinition]
public sealed class OneProcess : ICollectionFixture<ContractWorld>;
