import { isAppError } from '@plinth/core';
import { checkAddress } from '@plinth/mail';
import { AUTH_ERRORS } from '../errors.js';

/** An address that mail can be sent to, and what its account is found by. */
export interface AccountAddress {
  /** As it was given; its domain as mail servers write it (IDNA), so that two spellings of a domain are one. */
  readonly email: string;
  readonly key: string;
}

/** Reads an address. Throws `AUTH_ACCOUNT_ADDRESS`. */
export function readAddress(given: string): AccountAddress {
  try {
    const { address } = checkAddress('email', given);
    return { email: address, key: addressKey(address) };
  } catch (error) {
    const reason = isAppError(error) ? 'it is not one that mail can be sent to' : 'it is no text';
    throw AUTH_ERRORS.ACCOUNT_ADDRESS({ reason }, { cause: error });
  }
}

/** The same, but undefined for a text that is no address: nobody has it. */
export function findAddress(given: string): AccountAddress | undefined {
  try {
    return readAddress(given);
  } catch {
    return undefined;
  }
}

/**
 * What an account is found by: the address in lower case and in Unicode's composed form, whatever the language of the machine. Two
 * addresses with one key may still be two mailboxes (a Kelvin sign becomes a k), so mails go to the stored address only.
 */
export function addressKey(email: string): string {
  return email.normalize('NFC').toLowerCase().normalize('NFC');
}
