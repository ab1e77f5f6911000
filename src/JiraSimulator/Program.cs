using JiraSimulator;

StandAlone.Build(args).Run();
