// A receiver of webhooks with Express and jsonwebtoken: reads the body, verifies the bearer token, answers 200.
// Prints its port, and ends when standard input closes.
'use strict';

const { createSecretKey } = require('node:crypto');
const express = require('express');
const jwt = require('jsonwebtoken');

const text = process.env.SECRET;
const app = express();
app.use(express.raw({ type: () => true, limit: '25mb' }));

// The documentation passes the secret as text. jsonwebtoken then tries to read it as a public key first, at every request; a key spares that.
app.post('/text', verifyWith(text));
app.post('/key', verifyWith(createSecretKey(Buffer.from(text))));

function verifyWith(secret) {
  return (request, response) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    try {
      if (scheme !== 'Bearer') throw new Error('no bearer token');
      jwt.verify(token, secret, { algorithms: ['HS256'] });
    } catch {
      response.status(401).end();
      return;
    }

    response.status(200).end();
  };
}

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
