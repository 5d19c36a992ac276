import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { HTTP_ERRORS } from '../errors.js';

/** Certificate and key of a server that ends TLS itself. */
export interface TlsOptions {
  /** The certificate with its chain: PEM text, or the path of a file, which is read again on `reloadTls()` and SIGHUP. */
  readonly cert?: string;
  /** Its private key: PEM text or the path of a file. */
  readonly key?: string;
  /** Of an encrypted key. */
  readonly passphrase?: string;
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's names, for TLS 1.2. Default: Mozilla's intermediate list. */
  readonly ciphers?: string;
}

/** Mozilla's intermediate configuration (guideline 5.7): forward secrecy and authenticated encryption only. */
const INTERMEDIATE = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What Node's TLS server is made with. Throws `HTTP_TLS` where certificate or key is missing, unreadable, or not of the other. */
export function readTls({ cert, key, passphrase, minVersion = 'TLSv1.2', ciphers = INTERMEDIATE }: TlsOptions): SecureContextOptions {
  if (cert === undefined || cert === '') throw HTTP_ERRORS.TLS({ reason: 'there is a key, but no certificate' });
  if (key === undefined || key === '') throw HTTP_ERRORS.TLS({ reason: 'there is a certificate, but no key' });
  const options = {
    cert: readPem(cert, 'certificate'),
    key: readPem(key, 'key'),
    minVersion,
    ciphers,
    ...(passphrase !== undefined && { passphrase }),
  };
  checkPair(options.cert, options.key, passphrase);
  try {
    createSecureContext(options);
  } catch (cause) {
    throw HTTP_ERRORS.TLS({ reason: 'OpenSSL refuses these settings' }, { cause: cause as Error });
  }
  return options;
}

function readPem(source: string, what: 'certificate' | 'key'): string {
  if (source.includes('-----BEGIN ')) return source;
  try {
    return readFileSync(source, 'utf8');
  } catch (error) {
    // Without the cause: it would say the path again. Never the contents.
    throw HTTP_ERRORS.TLS({ reason: `the ${what} ${source} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` });
  }
}

function checkPair(cert: string, key: string, passphrase: string | undefined): void {
  const certificate = attempt('the certificate is not one in PEM', () => new X509Certificate(cert));
  const privateKey = attempt('the key is not a private key in PEM, or its passphrase is wrong', () =>
    createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) }),
  );
  if (!certificate.checkPrivateKey(privateKey)) throw HTTP_ERRORS.TLS({ reason: 'the key is not that of the certificate' });
  if (Date.parse(certificate.validTo) < Date.now())
    throw HTTP_ERRORS.TLS({ reason: `the certificate has been invalid since ${certificate.validTo}` });
}

function attempt<T>(reason: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw HTTP_ERRORS.TLS({ reason });
  }
}
