// Receives messages of a subscription and prints them as JSON: connection string, topic, subscription, number of messages, "sessions" or "".
import { ServiceBusClient } from '@azure/service-bus';

const [connection, topic, subscription, count, sessions] = process.argv.slice(2);
const options = { skipParsingBodyAsJson: true };
const client = new ServiceBusClient(connection);
const waiting = await client.createReceiver(topic, subscription, options).peekMessages(Number(count));
if (waiting.length < Number(count)) throw new Error(`${subscription} has ${waiting.length} messages, not ${count}.`);

const all = [];
while (all.length < Number(count)) {
  const receiver = sessions === 'sessions'
    ? await client.acceptNextSession(topic, subscription, options)
    : client.createReceiver(topic, subscription, options);

  // One at a time, and as many as there are. A call that gets fewer than it asked for takes its credit back, closes the link if the bus does not
  // answer that within 200 ms, and then cannot complete what it has received.
  const own = sessions === 'sessions' ? waiting.filter(message => message.sessionId === receiver.sessionId) : waiting;
  for (const _ of own) {
    const [message] = await receiver.receiveMessages(1);
    all.push({
      messageId: message.messageId, sessionId: message.sessionId, type: message.applicationProperties.cloudEvents_type,
      retry: message.applicationProperties.jira_retry, body: Buffer.from(message.body).toString('base64'),
    });
    await receiver.completeMessage(message);
  }
  await receiver.close();
}
await client.close();
console.log(JSON.stringify(all));
