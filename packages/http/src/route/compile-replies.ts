import { toProblem, type Problem } from '@plinth/core';
import type { Contract } from '../contract/contract.js';
import { isMediaType, type MediaType } from '../contract/media-type.js';
import { bareStatus, readReturns, type StatusMap } from '../contract/read-returns.js';
import { HTTP_ERRORS } from '../errors.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import { schemaError, type PartCompiler } from './compile-parts.js';
import { createHead, type ReplyPlan } from './reply-plan.js';

/** What every reply is written with. */
export interface ReplyOptions {
  readonly compiler: PartCompiler;
  readonly security: FlatHeaders;
  readonly requestId: boolean;
}

/** The replies of a route. */
export interface Replies {
  readonly replies: ReadonlyMap<number, ReplyPlan>;
  readonly bare: ReplyPlan | null;
  readonly undeclared: { readonly empty: ReplyPlan; readonly text: ReplyPlan } | null;
  readonly statuses: StatusMap;
}

interface RouteFacts {
  readonly label: string;
  readonly where: string;
  readonly guarded: boolean;
}

const wellFormedMediaType = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[ \t]*[\x21-\x7e][\x20-\x7e]*)?$/;

/** Prepares a plan for each declared status of a contract; adds to `problems` what is wrong with them. */
export function compileReplies(contract: Contract, facts: RouteFacts, options: ReplyOptions, problems: Problem[]): Replies {
  const statuses = readReturns(contract);
  const replies = new Map<number, ReplyPlan>();
  for (const [status, entry] of statuses) {
    if (status < 200 || status > 599) problems.push(toProblem(HTTP_ERRORS.STATUS({ route: facts.label, status }), facts.where));
    else if (entry === null || status === 204 || status === 304) replies.set(status, emptyPlan(status, facts, options));
    else if (isMediaType(entry) && !wellFormedMediaType.test(entry.mediaType))
      problems.push(
        toProblem(HTTP_ERRORS.MEDIA_TYPE_NAME({ route: facts.label, mediaType: JSON.stringify(entry.mediaType) }), facts.where),
      );
    else if (isMediaType(entry)) replies.set(status, mediaPlan(status, entry, facts, options));
    else
      try {
        const serialize = options.compiler.compileSerializer(entry, { name: `${status} of ${facts.label}` });
        replies.set(status, plan(status, 'json', 'application/json; charset=utf-8', serialize, facts, options));
      } catch (error) {
        problems.push(toProblem(schemaError(error, facts.label, `${status} reply`), facts.where));
      }
  }
  const bare = bareStatus(statuses);
  const undeclared =
    contract.returns !== undefined
      ? null
      : { empty: emptyPlan(204, facts, options), text: plan(200, 'text', 'text/plain; charset=utf-8', null, facts, options) };
  return { replies, bare: bare === undefined ? null : (replies.get(bare) ?? null), undeclared, statuses };
}

function mediaPlan(status: number, { mediaType }: MediaType, facts: RouteFacts, options: ReplyOptions): ReplyPlan {
  const contentType = /^text\/[^;]+$/i.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
  return plan(status, 'media', contentType, null, facts, options);
}

function emptyPlan(status: number, facts: RouteFacts, options: ReplyOptions): ReplyPlan {
  return plan(status, 'empty', undefined, null, facts, options);
}

function plan(
  status: number,
  kind: ReplyPlan['kind'],
  contentType: string | undefined,
  serialize: ReplyPlan['serialize'],
  { guarded }: RouteFacts,
  { security, requestId }: ReplyOptions,
): ReplyPlan {
  // 204 and 304 have no length; what a guard let through belongs to one caller, so no cache may keep it.
  const head = createHead(status, {
    contentType,
    length: status !== 204 && status !== 304,
    requestId,
    noStore: guarded || status >= 400,
    security,
  });
  return { status, kind, contentType, serialize, head };
}
