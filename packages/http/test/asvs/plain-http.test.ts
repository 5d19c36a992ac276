import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { get } from '@plinth/http';
import { expect, test } from 'vitest';
import { serve } from '../support/serve.js';

const pem = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

test('a server of https redirects nobody who speaks plain http, so that a client that sends its secrets so is noticed', async () => {
  await using server = await serve({
    routes: [get('/', { open: true }, () => 'x')],
    http: { tls: { cert: pem('first.cert'), key: pem('first.key') } },
  });
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n'),
    );
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
  expect(answer).not.toMatch(/HTTP\/1\.1 [23]/);
  expect(answer.toLowerCase()).not.toContain('location:');
});
