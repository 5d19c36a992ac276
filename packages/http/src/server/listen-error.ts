import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this process may not use that port',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'the host name is not known',
};

/** Why a port could not be opened, as a sentence for a person. It says all there is: the system's error goes along only where it is an unusual one. */
export function toAppErrorOf(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  // As text: a port is a name here, not a quantity.
  const where = { host, port: String(port) };
  if (error.code === 'EADDRINUSE') return HTTP_ERRORS.PORT_IN_USE(where);
  const reason = reasons[error.code ?? ''];
  return reason === undefined
    ? HTTP_ERRORS.ADDRESS({ ...where, reason: error.message }, { cause: error })
    : HTTP_ERRORS.ADDRESS({ ...where, reason });
}
