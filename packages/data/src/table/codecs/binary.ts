import { types } from 'node:util';
import { accept, refuseLength, refuseType, type Codec } from '../codec.js';

/** Bytes, as `Uint8Array`. */
export function bytesCodec(max?: number): Codec {
  return {
    type: 'bytes',
    ordered: false,
    jsonSchema: {
      type: 'string',
      contentEncoding: 'base64',
      pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      ...(max !== undefined && { maxLength: Math.ceil(max / 3) * 4 }),
    },
    check(value) {
      // A Proxy, or an object made to look like one, has no bytes; neither has one whose memory went to another thread.
      if (!types.isUint8Array(value) || isDetached(value)) return refuseType('a Uint8Array');
      return max !== undefined && value.byteLength > max ? refuseLength(max, 'bytes') : accept(new Uint8Array(value));
    },
    toDriver: (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    fromDriver: (raw) => (raw instanceof Uint8Array ? new Uint8Array(raw) : undefined),
    fromJson: (text) => (typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : text),
    sqlType(dialect) {
      if (dialect === 'postgres') return 'bytea';
      if (dialect === 'sqlite') return 'blob';
      if (dialect === 'mssql') return max !== undefined && max <= 8_000 ? `varbinary(${max})` : 'varbinary(max)';
      return max !== undefined && max <= 16_000 ? `varbinary(${max})` : 'longblob';
    },
    limited: () => bytesCodec(max ?? 255),
  };
}

function isDetached({ buffer }: Uint8Array): boolean {
  return (buffer as { readonly detached?: boolean }).detached === true;
}
