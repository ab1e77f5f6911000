// Calls a Connect site with tokens that atlassian-jwt signs, and prints the statuses. Argument: {host, key, secret, paths}.
import jwt from 'atlassian-jwt';

const { host, key, secret, paths } = JSON.parse(process.argv[2]);
const iat = Math.floor(Date.now() / 1000);

async function statusOf(path, baseUrl) {
  const qsh = jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', host + path), false, baseUrl);
  const token = jwt.encodeSymmetric({ iss: key, iat, exp: iat + 180, qsh }, secret);
  return (await fetch(host + path, { headers: { Authorization: `JWT ${token}` } })).status;
}

const statuses = [];
for (const path of paths) statuses.push(await statusOf(path, host), await statusOf(path), await statusOf(path, host + '/rest'));
console.log(JSON.stringify(statuses));
