// Receives messages of a subscription and prints them as JSON: connection string, topic, subscription, number of messages, "sessions" or "".
import { ServiceBusClient } from '@azure/service-bus';

const [connection, topic, subscription, count, sessions] = process.argv.slice(2);
const client = new ServiceBusClient(connection);
const all = [];
while (all.length < Number(count)) {
  const receiver = sessions === 'sessions'
    ? await client.acceptNextSession(topic, subscription, { skipParsingBodyAsJson: true })
    : client.createReceiver(topic, subscription, { skipParsingBodyAsJson: true });
  for (;;) {
    const some = await receiver.receiveMessages(50, { maxWaitTimeInMs: 200 });
    if (some.length === 0) break;
    for (const message of some) {
      all.push({
        messageId: message.messageId, sessionId: message.sessionId, type: message.applicationProperties.cloudEvents_type,
        retry: message.applicationProperties.jira_retry, body: Buffer.from(message.body).toString('base64'),
      });
      await receiver.completeMessage(message);
    }
  }
  await receiver.close();
}
await client.close();
console.log(JSON.stringify(all));
