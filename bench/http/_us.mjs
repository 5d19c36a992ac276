import { execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';
import { WORKLOADS } from './workloads.mjs';
const run = promisify(execFile);
const list = (process.argv[3] ?? 'bare,fastify,plinth').split(',');
const w = WORKLOADS[process.argv[2]];
import { writeFileSync } from 'node:fs';
writeFileSync('/tmp/us.lua', w.body ? `wrk.method = "POST"\nwrk.body = [==[${w.body}]==]\nwrk.headers["Content-Type"] = "application/json"\n` : '');
const S = {};
for (const c of list) S[c] = await new Promise((res) => { const ch = fork('./_srv.mjs', [c], { execPath: 'taskset', execArgv: ['-c', '0', process.execPath], stdio: ['ignore','ignore','inherit','ipc'], env: { ...process.env, NODE_ENV: 'production' } }); ch.once('message', ({port}) => res({ port, ask: () => new Promise(r => { ch.once('message', r); ch.send('x'); }), ch })); });
const load = async (s, d) => Number(/(\d+) requests in/.exec((await run('taskset', ['-c','1','wrk','-t1','-c32',`-d${d}s`,'-s','/tmp/us.lua',`http://127.0.0.1:${s.port}${w.path}`])).stdout)[1]);
for (const c of list) await load(S[c], 2);
const R = {};
for (let i = 0; i < 9; i++) for (const c of list) { const a = await S[c].ask(); const n = await load(S[c], 1); const b = await S[c].ask(); (R[c] ??= []).push([(b.user-a.user)/n, (b.system-a.system)/n]); }
const min = (l) => [...l].sort((x,y)=>x-y)[2];
for (const c of list) console.log(c.padEnd(16), 'user', min(R[c].map(x=>x[0])).toFixed(2), 'system', min(R[c].map(x=>x[1])).toFixed(2));
process.exit(0);
