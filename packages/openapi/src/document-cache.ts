import { createHash } from 'node:crypto';
import { isAppError, toProblem, type OnBoot, type Problem } from '@plinth/core';
import type { HttpServer } from '@plinth/http';
import { buildDocument, checkOperationIds } from './document/build-document.js';
import type { OpenApiOptions } from './open-api-options.js';

/** A text with its entity tag (RFC 9110, 8.8.3). */
export interface Tagged {
  readonly text: string;
  readonly etag: string;
}

/** The application's document as text: made when it is first asked for, since most processes never are, and kept. */
export class DocumentCache implements OnBoot {
  readonly #server: HttpServer;
  readonly #options: OpenApiOptions;
  #document: Tagged | undefined;

  constructor(server: HttpServer, options: OpenApiOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** What would make the document wrong stops the boot. */
  onBoot(): readonly Problem[] {
    try {
      checkOperationIds(this.#server.routes());
      return [];
    } catch (error) {
      if (isAppError(error)) return [toProblem(error, 'OpenApiModule')];
      throw error;
    }
  }

  get(): Tagged {
    return (this.#document ??= this.#make());
  }

  #make(): Tagged {
    const { path: _path, docs: _docs, open: _open, guards: _guards, ...info } = this.#options;
    return tagged(JSON.stringify(buildDocument(this.#server.routes(), info, this.#server.errorSchema)));
  }
}

/** A text with a strong entity tag made from its content. */
export function tagged(text: string): Tagged {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}
