using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>The journal of Azurite's data, on a disk that is full for a moment.</summary>
public sealed class JournalTests(AzuriteFixture azurite)
{
    // Half a line is written, then the disk is full; after that there is room again.
    private const string Script = """
        const fs = require('fs/promises');
        const { Journal } = require(process.argv[2]);
        (async () => {
          const file = process.argv[3];
          const collection = { name: 'rows', dirty: true, dirtyIds: [], maxId: 0, data: [], get(id) { return this.data.find(row => row.$loki === id) ?? null; } };
          const database = { collections: [collection], serialize: () => JSON.stringify({ collections: [{ name: 'rows', data: collection.data, maxId: collection.maxId }] }) };
          const journal = new Journal(database);
          const add = id => {
            collection.data.push({ $loki: id, text: 'x'.repeat(50) });
            collection.maxId = id;
            collection.dirty = true;
            collection.dirtyIds.push(id);
          };
          const save = () => new Promise(done => journal.saveDatabase(file, null, error => done(error ? error.code : 'ok')));
          const results = [await save()];
          add(1);
          results.push(await save());
          const { appendFile } = fs;
          fs.appendFile = async (name, text) => {
            await appendFile(name, text.slice(0, 40));
            throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          };
          add(2);
          results.push(await save());
          fs.appendFile = appendFile;
          add(3);
          results.push(await save());
          const { snapshot } = await new Journal(database).load(file);
          console.log(results.join(' '), snapshot.collections[0].data.map(row => row.$loki).join(','));
        })();
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Save_AfterOneThatBrokeOffInALine_IsReadable()
    {
        await azurite.NewAccountAsync(); // skips where there is no Node.js
        var folder = Directory.CreateTempSubdirectory("journal");
        try
        {
            var start = new ProcessStartInfo("node", ["-", Path.Combine(AppContext.BaseDirectory, "Azurite", "journal.cjs"), Path.Combine(folder.FullName, "db.json")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            using var node = Process.Start(start)!;
            await node.StandardInput.WriteAsync(Script.AsMemory(), Token);
            node.StandardInput.Close();

            Assert.Equal("ok ok ENOSPC ok 1,2,3", (await node.StandardOutput.ReadToEndAsync(Token)).Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
