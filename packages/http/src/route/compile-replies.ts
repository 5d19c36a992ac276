import { AppError, toProblem, type Problem } from '@plinth/core';
import type { Contract } from '../contract/contract.js';
import { encoderOf, isMediaType, type MediaType } from '../contract/media-type.js';
import { bareStatus, readReturns, type StatusMap } from '../contract/read-returns.js';
import { HTTP_ERRORS } from '../errors.js';
import { isDocumentType, NO_HEADERS, type BlocksOf, type SecurityBlocks } from '../security-headers/header-blocks.js';
import { schemaError, type PartCompiler } from './compile-parts.js';
import { cacheControl } from '../reply/cache-control.js';
import { createHead, type ReplyPlan } from './reply-plan.js';

/** What every reply is written with. */
export interface ReplyOptions {
  readonly compiler: PartCompiler;
  /** The security headers of a route. */
  readonly blocksOf: BlocksOf;
  readonly requestId: boolean;
}

/** The replies of a route. */
export interface Replies {
  readonly replies: ReadonlyMap<number, ReplyPlan>;
  readonly bare: ReplyPlan | null;
  readonly undeclared: { readonly empty: ReplyPlan; readonly text: ReplyPlan } | null;
  readonly statuses: StatusMap;
}

interface RoutePlace {
  readonly label: string;
  readonly where: string;
  readonly guarded: boolean;
}

interface RouteFacts extends RoutePlace {
  readonly blocks: SecurityBlocks;
  /** Whether one of its replies is a document. */
  readonly document: boolean;
  readonly cacheControl: string | undefined;
}

const wellFormedMediaType = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[ \t]*[\x21-\x7e][\x20-\x7e]*)?$/;

/** Prepares a plan for each declared status of a contract; adds to `problems` what is wrong with them. */
export function compileReplies(contract: Contract, place: RoutePlace, options: ReplyOptions, problems: Problem[]): Replies {
  const statuses = readReturns(contract);
  const facts: RouteFacts = {
    ...place,
    blocks: readBlocks(contract, place, options, problems),
    document: [...statuses.values()].some((entry) => isMediaType(entry) && isDocumentType(entry.mediaType)),
    cacheControl: readCache(contract, place, problems),
  };
  const replies = new Map<number, ReplyPlan>();
  for (const [status, entry] of statuses) {
    if (status < 200 || status > 599) problems.push(toProblem(HTTP_ERRORS.STATUS({ route: facts.label, status }), facts.where));
    else if (entry === null || status === 204 || status === 304) replies.set(status, emptyPlan(status, facts, options));
    else if (isMediaType(entry) && !wellFormedMediaType.test(entry.mediaType))
      problems.push(
        toProblem(HTTP_ERRORS.MEDIA_TYPE_NAME({ route: facts.label, mediaType: JSON.stringify(entry.mediaType) }), facts.where),
      );
    else
      try {
        if (isMediaType(entry)) {
          replies.set(status, mediaPlan(status, entry, facts, options));
          continue;
        }
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

function readCache({ cache }: Contract, { label, where }: RoutePlace, problems: Problem[]): string | undefined {
  try {
    return cache === undefined ? undefined : cacheControl(cache);
  } catch (error) {
    problems.push(toProblem(HTTP_ERRORS.CACHE({ route: label, reason: (error as Error).message }, { cause: error }), where));
    return undefined;
  }
}

function readBlocks(contract: Contract, { where }: RoutePlace, { blocksOf }: ReplyOptions, problems: Problem[]): SecurityBlocks {
  try {
    return blocksOf(contract);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(toProblem(error, where));
    return NO_HEADERS;
  }
}

function mediaPlan(status: number, entry: MediaType, facts: RouteFacts, options: ReplyOptions): ReplyPlan {
  const { mediaType } = entry;
  const contentType = /^text\/[^;]+$/i.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
  const encode = encoderOf(entry)?.bind(options.compiler, `${status} of ${facts.label}`) ?? null;
  if (!mediaType.includes('*')) return { ...plan(status, 'media', contentType, null, facts, options), encode };
  const byType = plansByType((type) => plan(status, 'media', type, null, facts, options));
  return { ...plan(status, 'media', undefined, null, facts, options), encode, byType };
}

// Types come from extensions and from bodies that authors make, so there are few; the bound is for those that carry parameters.
const REMEMBERED_TYPES = 256;

function plansByType(make: (type: string) => ReplyPlan): (type: string) => ReplyPlan {
  const known = new Map<string, ReplyPlan>();
  return (type) => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const made = make(type);
    if (known.size < REMEMBERED_TYPES) known.set(type, made);
    return made;
  };
}

function emptyPlan(status: number, facts: RouteFacts, options: ReplyOptions): ReplyPlan {
  return plan(status, 'empty', undefined, null, facts, options);
}

function plan(
  status: number,
  kind: ReplyPlan['kind'],
  contentType: string | undefined,
  serialize: ReplyPlan['serialize'],
  { guarded, blocks, document, cacheControl: caching }: RouteFacts,
  { requestId }: ReplyOptions,
): ReplyPlan {
  // 204 and 304 have no length; what a guard let through belongs to one caller, so no cache may keep it.
  const head = createHead(status, {
    contentType,
    length: status !== 204 && status !== 304,
    requestId,
    noStore: guarded || status >= 400,
    cacheControl: status < 400 ? caching : undefined,
    // Browsers put the headers of a 304 in the place of those that they kept with the document.
    security: isDocumentType(contentType) || (status === 304 && document) ? blocks.document : blocks.api,
  });
  return { status, kind, contentType, serialize, encode: null, byType: null, head };
}
