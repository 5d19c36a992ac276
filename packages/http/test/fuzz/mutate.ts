import { BODY, CHUNKED, framed, get, HOST, post } from '../hostile/probe.js';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32), so that what was found can be sent again. */
export type Random = () => number;

/** Numbers from a seed. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// None is a HEAD: whether the answer to one has a body could not be told once the request is mangled.
const SEEDS: readonly string[] = [
  get('/ok'),
  get('/items/a%20b?x=1&y=%c3%a9'),
  get('/search?q=a&tags=b&tags=c'),
  get('/cookies', `${HOST}Cookie: a=b; sid="x"; c=%41\r\n`),
  get('http://localhost/ok'),
  get('/ok', `${HOST}Connection: keep-alive\r\n`, 'HTTP/1.0'),
  get('/slow') + get('/ok'),
  get('/ok', `${HOST}Content-Length: 3\r\n`) + `abc${get('/items/1')}`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  post(BODY).toString('latin1'),
  post(BODY).toString('latin1') + get('/admin'),
  post('a=b&c=%20', 'Content-Type: application/x-www-form-urlencoded\r\n', '/form').toString('latin1'),
  framed('Transfer-Encoding: chunked\r\n', CHUNKED),
  framed('Transfer-Encoding: chunked\r\nTrailer: X\r\n', `4;a=b\r\n{"a"\r\n5\r\n:"b"}\r\n0\r\nX: y\r\n\r\n`) + get('/ok'),
  framed('Expect: 100-continue\r\nContent-Length: 9\r\n', BODY),
  get(
    '/ok',
    `${HOST}Range: bytes=0-1\r\nAccept: */*;q=0.5\r\nIf-None-Match: W/"a"\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n`,
  ),
];

const WORDS: readonly string[] = [
  '\r\n', '\n', '\r', '\r\n\r\n', '\0', '\t', ' ', ':', ';', ',', '"', '%', '%00', '%2e', '/', '//', '?', '#', '\xff', '\x7f', '0', '-1', 'ffffffff',
  'Host: localhost\r\n', 'Host: evil.example\r\n', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\n', 'Content-Length: 5\r\n', 'Content-Length: 0\r\n',
  'Connection: close\r\n', 'Connection: upgrade\r\nUpgrade: x\r\n', 'Expect: 100-continue\r\n', 'X: y\r\n'.repeat(60), 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'GET ', 'POST ', 'CONNECT ',
  '__proto__', '0\r\n\r\n', '{"a":', ']', '\\u0000', 'x'.repeat(9000), get('/ok'), 'application/json', 'charset=utf-16',
]; // prettier-ignore

/** A valid request, or several, with one to six things done to it; cut into pieces now and then. */
export function mutated(random: Random): readonly string[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;
  let text = pick(SEEDS);
  for (let count = below(6); count >= 0; count--) {
    const at = below(text.length + 1);
    const to = Math.min(text.length, at + 1 + below(12));
    switch (below(8)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 2:
        text = text.slice(0, to) + text.slice(at);
        break;
      case 3:
        text = withLines(text, (lines) => lines.splice(below(lines.length), 0, pick(lines)));
        break;
      case 4:
        text = withLines(text, (lines) => lines.splice(below(lines.length), 1));
        break;
      case 5:
        text += pick(SEEDS);
        break;
      default:
        text = text.slice(0, at) + pick(WORDS) + text.slice(at);
    }
  }
  if (below(12) === 0) text = text.slice(0, below(text.length + 1));
  if (below(4) > 0) return [text];
  const middle = below(text.length + 1);
  return [text.slice(0, middle), text.slice(middle)];
}

function withLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\r\n');
  change(lines);
  return lines.join('\r\n');
}
