/** Bytes that a hostile, broken or ambiguous client sends, and what must come back. */
export interface Probe {
  readonly id: string;
  /** A text stands for its Latin-1 bytes. */
  readonly bytes: string | Buffer;
  /** Of several requests on one connection, those of all answers; interim ones (1xx) included. */
  readonly status: number | readonly number[];
  /** The code of the last problem; absent for probes that are to be accepted. */
  readonly code?: string;
  /** Whether the connection stays usable after the answer. */
  readonly connection: 'kept' | 'closed';
  /** What the last body is, where that matters. */
  readonly body?: string;
}

/** The one right Host. */
export const HOST = 'Host: localhost\r\n';
/** The Content-Type of most bodies. */
export const JSON_TYPE = 'Content-Type: application/json\r\n';
/** A body that `POST /echo` takes. */
export const BODY = '{"a":"b"}';
/** The same in one chunk. */
export const CHUNKED = `9\r\n${BODY}\r\n0\r\n\r\n`;

/** A GET. */
export function get(target: string, headers = HOST, version = 'HTTP/1.1'): string {
  return `GET ${target} ${version}\r\n${headers}\r\n`;
}

/** A POST whose Content-Length is right. */
export function post(body: string | Buffer, headers = JSON_TYPE, target = '/echo'): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${HOST}${headers}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

/** A POST whose framing is what it is. */
export function framed(headers: string, body: string, version = 'HTTP/1.1'): string {
  return `POST /echo ${version}\r\n${HOST}${JSON_TYPE}${headers}\r\n${body}`;
}

/** A probe that is answered as if nothing were odd about it. */
export function taken(id: string, bytes: string | Buffer, more: Partial<Probe> = {}): Probe {
  return { id, bytes, status: 200, connection: 'kept', ...more };
}

/** A probe that is refused, after which the connection ends. */
export function refused(id: string, bytes: string | Buffer, status = 400, code = 'HTTP_SYNTAX'): Probe {
  return { id, bytes, status, code, connection: 'closed' };
}

/** A probe that is refused; the next request on the connection is none the worse. */
export function kept(id: string, bytes: string | Buffer, status: number, code: string): Probe {
  return { id, bytes, status, code, connection: 'kept' };
}
