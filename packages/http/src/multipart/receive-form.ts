import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { AppError } from '@plinth/core';
import type { Issue } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import { readBoundary } from '../request/content-type.js';
import type { RouteContext } from '../request/http-context.js';
import { emptyValues, type QueryValues } from '../request/parse-query.js';
import { createSplitter, type RawPart, type RawPartHead, type Splitter } from './dicer.js';
import { readPartHead, type PartHead } from './part-head.js';
import { receiveFile, type FileReceipt } from './receive-file.js';
import type { UploadSession } from './upload-session.js';
import type { UploadedFile } from './uploaded-file.js';

/** What a form takes in, decided at boot. */
export interface FormPlan {
  readonly limits: { readonly files: number; readonly field: number; readonly fields: number; readonly parts: number };
  /** What the form declares under a name. */
  kindOf(name: string): 'file' | 'files' | 'field' | undefined;
  /** Most files under a name; more are refused with an issue. */
  maxOf(name: string): number;
  /** For a declared file. */
  receiptOf(name: string, session: UploadSession): FileReceipt;
  /** Whether a part that nothing declares is an issue. */
  readonly unknownFiles: 'reject' | 'strip';
}

/** A form as it arrived, before its fields are checked. */
export interface ReceivedForm {
  readonly fields: QueryValues;
  readonly files: ReadonlyMap<string, readonly UploadedFile[]>;
  readonly issues: readonly Issue[];
}

/**
 * Reads a multipart form (RFC 7578) part by part: fields into memory, files to their targets, at the speed of the slowest. Rejects with
 * `HTTP_MULTIPART` (400), `HTTP_BODY_TOO_LARGE`, `HTTP_FILE_TOO_LARGE`, `HTTP_FIELD_TOO_LARGE`, `HTTP_TOO_MANY_PARTS` (413) and
 * `HTTP_BODY_CUT`; what rules refuse becomes issues.
 */
export function receiveForm(context: RouteContext, plan: FormPlan, session: UploadSession, limit: number): Promise<ReceivedForm> {
  const boundary = readBoundary(context.request.headers['content-type']);
  return new Promise((resolve, reject) => {
    new FormReceiver(context, plan, session, limit, createSplitter(boundary), resolve, reject).listen();
  });
}

class FormReceiver {
  readonly #fields = emptyValues();
  readonly #files = new Map<string, UploadedFile[]>();
  readonly #issues: Issue[] = [];
  readonly #parts = new Set<RawPart>();
  readonly #request: IncomingMessage;
  readonly #counts = { parts: 0, files: 0, fields: 0, size: 0 };
  readonly #byName = new Map<string, number>();
  #headless = false;
  #complete = false;
  #over = false;

  constructor(
    private readonly context: RouteContext,
    private readonly plan: FormPlan,
    private readonly session: UploadSession,
    private readonly limit: number,
    private readonly splitter: Splitter,
    private readonly resolve: (form: ReceivedForm) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.#request = context.request;
  }

  listen(): void {
    this.splitter.on('part', (part) => this.#begin(part));
    this.splitter.on('finish', () => {
      this.#complete = true;
      this.#finish();
    });
    this.splitter.on('error', () => this.#fail(malformed('it ends before its last boundary')));
    this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#request.on('end', () => this.#end());
    // Also after an error, which Node raises only where somebody listens to it.
    this.#request.on('close', () => {
      if (!this.#request.complete) this.#fail(HTTP_ERRORS.BODY_CUT());
    });
    this.session.signal.addEventListener('abort', () => this.#fail(HTTP_ERRORS.BODY_CUT()), { once: true });
  }

  /** One chunk at a time: what the splitter throws is caught here, and nothing comes until the parts have taken what they got. */
  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#counts.size += chunk.length;
    if (this.#counts.size > this.limit) return this.#fail(HTTP_ERRORS.BODY_TOO_LARGE({ limit: this.limit }));
    this.#request.pause();
    try {
      this.splitter.write(chunk, () => {
        if (!this.#over) this.#request.resume();
      });
    } catch (cause) {
      this.#fail(malformed('its parts cannot be told apart', cause));
    }
  }

  #end(): void {
    if (this.#over) return;
    try {
      this.splitter.end();
    } catch (cause) {
      this.#fail(malformed('its parts cannot be told apart', cause));
    }
  }

  #begin(part: RawPart): void {
    // Without a listener an error of a part would end the process.
    part.on('error', ignore);
    if (this.#over || this.#headless) {
      part.resume();
      return this.#headless ? this.#fail(malformed('a part has no end of its headers')) : undefined;
    }
    if (++this.#counts.parts > this.plan.limits.parts) return this.#tooMany('parts', part);
    this.#parts.add(part);
    this.#headless = true;
    part.on('header', (head: object) => {
      this.#headless = false;
      this.#open(part, head as RawPartHead);
    });
  }

  #open(part: RawPart, rawHead: RawPartHead): void {
    let head: PartHead;
    try {
      head = readPartHead(rawHead);
    } catch (error) {
      part.resume();
      return this.#fail(error);
    }
    if (head.filename === undefined) this.#openField(part, head);
    else this.#openFile(part, head);
  }

  #openField(part: RawPart, { name }: PartHead): void {
    if (++this.#counts.fields > this.plan.limits.fields) return this.#tooMany('fields', part);
    const kind = this.plan.kindOf(name);
    const chunks: Buffer[] = [];
    let size = 0;
    part.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      size += chunk.length;
      if (size > this.plan.limits.field) this.#fail(HTTP_ERRORS.FIELD_TOO_LARGE({ name, limit: this.plan.limits.field }));
      else chunks.push(chunk);
    });
    part.on('end', () => {
      if (this.#over) return;
      if (kind === 'file' || kind === 'files') this.#refuse(name, { rule: 'type', message: 'must be a file, got a text' });
      else this.#addField(name, Buffer.concat(chunks, size));
      this.#close(part);
    });
  }

  #addField(name: string, bytes: Buffer): void {
    if (!isUtf8(bytes)) return this.#fail(malformed(`the field ${name} is not valid UTF-8`));
    const value = bytes.toString('utf8');
    if (value.includes('\0')) return this.#fail(malformed(`the field ${name} holds U+0000`));
    const present = this.#fields[name];
    if (present === undefined) this.#fields[name] = value;
    else if (typeof present === 'string') this.#fields[name] = [present, value];
    else present.push(value);
  }

  #openFile(part: RawPart, head: PartHead): void {
    const { name } = head;
    if (++this.#counts.files > this.plan.limits.files) return this.#tooMany('files', part);
    const kind = this.plan.kindOf(name);
    const count = (this.#byName.get(name) ?? 0) + 1;
    this.#byName.set(name, count);
    const max = kind === 'file' ? 1 : this.plan.maxOf(name);
    if ((kind !== 'file' && kind !== 'files') || count > max) {
      this.#refuseFile(name, kind, max);
      part.on('end', () => this.#close(part));
      part.resume();
      return;
    }
    receiveFile(part, head, this.plan.receiptOf(name, this.session)).then(
      (received) => {
        if (received === undefined) this.#byName.set(name, count - 1);
        else if ('issue' in received) this.#refuse(name, received.issue, kind === 'files' ? count - 1 : undefined);
        else this.#listOf(name).push(received.file);
        this.#close(part);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #refuseFile(name: string, kind: ReturnType<FormPlan['kindOf']>, max: number): void {
    if (kind === 'field') this.#refuse(name, { rule: 'type', message: 'must be a text, got a file' });
    else if (kind === 'file') this.#refuse(name, { rule: 'maxItems', message: 'must be one file, got several', params: { limit: 1 } });
    else if (kind === 'files') this.#refuse(name, { rule: 'maxItems', message: `must be at most ${max} files`, params: { limit: max } });
    else if (this.plan.unknownFiles === 'reject') this.#refuse(name, { rule: 'unknown', message: 'is not a known file' });
  }

  #listOf(name: string): UploadedFile[] {
    const list = this.#files.get(name) ?? [];
    this.#files.set(name, list);
    return list;
  }

  #refuse(name: string, issue: Omit<Issue, 'pointer'>, index?: number): void {
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}${index === undefined ? '' : `/${index}`}`;
    if (!this.#issues.some((known) => known.pointer === pointer && known.rule === issue.rule)) this.#issues.push({ pointer, ...issue });
  }

  #tooMany(what: 'parts' | 'fields' | 'files', part: RawPart): void {
    part.resume();
    this.#fail(HTTP_ERRORS.TOO_MANY_PARTS({ what, limit: this.plan.limits[what] }));
  }

  #close(part: RawPart): void {
    this.#parts.delete(part);
    this.#finish();
  }

  #finish(): void {
    if (this.#over || !this.#complete) return;
    if (this.#headless) return this.#fail(malformed('a part has no end of its headers'));
    if (this.#parts.size > 0) return;
    this.#over = true;
    // An epilogue may still be on its way; it means nothing (RFC 2046, 5.1.1).
    if (!this.#request.complete) this.#drain();
    else this.#settle();
  }

  /** The body ends with its last byte, not with its last boundary: the next request begins behind it. */
  #drain(): void {
    let size = this.#counts.size;
    this.#request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= this.limit) return;
      this.context.last = true;
      this.reject(HTTP_ERRORS.BODY_TOO_LARGE({ limit: this.limit }));
    });
    this.#request.on('end', () => this.#settle());
    this.#request.on('close', () => this.reject(HTTP_ERRORS.BODY_CUT()));
    this.#request.resume();
  }

  #settle(): void {
    this.resolve({ fields: this.#fields, files: this.#files, issues: this.#issues });
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#request.complete) this.context.last = true;
    for (const part of this.#parts) part.destroy();
    this.reject(error);
    // What comes still passes by unread until the answer closes the connection.
    this.#request.resume();
  }
}

function malformed(reason: string, cause?: unknown): AppError {
  return HTTP_ERRORS.MULTIPART({ reason }, { cause });
}

function ignore(): void {}
