/** How much of a key's values may be written: all, nothing, or nothing where it is input from outside. */
export type Sensitivity = 'plain' | 'sensitive' | 'sensitive-input';

// Matched as whole words of a key: `accessToken`, `access_token` and `access-token` are the words access and token.
const words = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'pass',
  'pwd',
  'secret',
  'secrets',
  'token',
  'tokens',
  'jwt',
  'authorization',
  'cookie',
  'cookies',
  'session',
  'sessions',
  'sid',
  'otp',
  'totp',
  'credential',
  'credentials',
  'apikey',
  'bearer',
  'csrf',
  'xsrf',
  'cvv',
  'cvc',
  'signature',
  'pin',
]);
// Matched anywhere in the key without its separators, for names such as `userpassword` or `PHPSESSID`.
const fragments =
  /password|passwd|passphrase|secret|authorization|credential|api-?key|sessionid|sessid|^private|token$|(?:app|access|encryption|signing|secret|hmac)key$|(?:verification|recovery|backup|security|auth|mfa|sms)codes?$/;
// An authorization code is a credential, the code of an error or a country is not.
const inputWords = new Set(['code', 'key', 'sig']);
const cacheLimit = 5_000;

/** Answers whether values under a key must be hidden. Remembers its answers, up to 5,000 keys. */
export function createKeyCheck(more: readonly string[] = []): (key: string) => Sensitivity {
  const added = new Set(more.map(flatten));
  const known = new Map<string, Sensitivity>();
  return (key) => {
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const found = added.has(flatten(key)) ? 'sensitive' : classify(key);
    // Keys may come from outside, so the memory is bounded.
    if (known.size < cacheLimit && key.length <= 100) known.set(key, found);
    return found;
  };
}

/** Whether values under this key are hidden wherever they stand. */
export function isSensitiveKey(key: string): boolean {
  return defaultKeyCheck(key) === 'sensitive';
}

const defaultKeyCheck = createKeyCheck();

function classify(key: string): Sensitivity {
  const name = key.length > 200 ? key.slice(0, 200) : key;
  if (fragments.test(flatten(name)) || splitWords(name).some((word) => words.has(word))) return 'sensitive';
  return inputWords.has(name.toLowerCase()) ? 'sensitive-input' : 'plain';
}

function flatten(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function splitWords(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}
