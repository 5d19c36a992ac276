// Sends sign-ins at a steady rate, whether earlier ones were answered or not, until it is told to stop; tells what became of them then.
import { Agent, request } from 'node:http';

const [port, rate, password] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const body = JSON.stringify({ name: 'ada', password });
const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
const counts = { sent: 0, ok: 0, busy: 0, retryAfter: 0, other: 0, broken: 0 };
let flooding = false;

function send() {
  counts.sent++;
  const sent = request({ host: '127.0.0.1', port, path: '/sign-in', method: 'POST', headers, agent }, (answer) => {
    answer.resume();
    if (answer.statusCode === 200) counts.ok++;
    else if (answer.statusCode === 503) {
      counts.busy++;
      if (/^[1-9]\d*$/.test(answer.headers['retry-after'] ?? '')) counts.retryAfter++;
    } else counts.other++;
  });
  sent.on('error', () => counts.broken++);
  sent.end(body);
}

let owed = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  owed = flooding ? Math.min(owed + ((now - last) / 1_000) * Number(rate), Number(rate)) : 0;
  last = now;
  for (; owed >= 1; owed--) send();
}, 5);
process.on('message', (message) => {
  if (message === 'begin') flooding = true;
  if (message === 'end') {
    flooding = false;
    process.send({ ...counts });
    for (const name of Object.keys(counts)) counts[name] = 0;
  }
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
