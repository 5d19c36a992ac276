import type { CompiledSchema } from '@plinth/validation';
import type { StatusMap } from '../contract/read-returns.js';
import type { RouteDefinition } from '../contract/contract.js';
import type { Next } from '../around/define-around.js';
import type { Reply } from '../reply/reply.js';
import type { RouteFacts, Station } from '../feature/http-feature.js';
import type { BodyPlan } from '../request/body-plan.js';
import type { RouteContext } from '../request/http-context.js';
import type { QueryNames } from '../request/parse-query.js';
import type { ReplyPlan } from './reply-plan.js';

/** One station's function with its dependencies bound. */
export type BoundGuard = (context: RouteContext) => unknown;
export type BoundAround = (context: RouteContext, next: Next) => Reply | Promise<Reply>;

/** A part of the request with its schema. */
export interface PartPlan {
  readonly schema: CompiledSchema<unknown>;
  readonly names: QueryNames;
}

/** Everything that was decided about a route at boot. A station that it doesn't have is `null`. */
export interface RoutePlan {
  readonly definition: RouteDefinition;
  readonly method: string;
  /** The whole path, with the application's prefix. */
  readonly pattern: string;
  /** Names of the path's parameters, in the order of the router's values. */
  readonly names: readonly string[];
  /** `GET /orders/:id`, for messages. */
  readonly label: string;
  /** Stations of features before everything else. */
  readonly early: readonly Station[] | null;
  readonly outer: readonly BoundAround[] | null;
  readonly guards: readonly BoundGuard[] | null;
  /** Stations of features after the guards. */
  readonly admitted: readonly Station[] | null;
  /** Whether any of the following parts is there. */
  readonly hasChecks: boolean;
  readonly params: PartPlan | null;
  readonly query: PartPlan | null;
  readonly headers: PartPlan | null;
  readonly cookies: PartPlan | null;
  readonly body: BodyPlan | null;
  readonly inner: readonly BoundAround[] | null;
  readonly call: (context: RouteContext) => unknown;
  readonly replies: ReadonlyMap<number, ReplyPlan>;
  /** For a bare value; `null` when the contract has several success statuses, or none. */
  readonly bare: ReplyPlan | null;
  /** Without `returns`: nothing (204) or a text (200). */
  readonly undeclared: { readonly empty: ReplyPlan; readonly text: ReplyPlan } | null;
  readonly statuses: StatusMap;
  /** Stations of features before the reply is written. */
  readonly leaving: readonly Station[] | null;
  /** Headers of its errors that are those of its replies too, as flat names and values. */
  readonly fields: readonly string[] | null;
  /** Answered even when the server is overloaded: the health routes. */
  readonly vital: boolean;
  /** The share of the limits of overload up to which it is answered. */
  readonly share: number;
  /** Milliseconds for its body to arrive. */
  readonly bodyTimeout: number;
  readonly usesContext: boolean;
  /** Whether its requests get a log line. */
  readonly logged: boolean;
  /** Milliseconds for guards and handler, each time something is waited for. */
  readonly timeout: number;
  /** What the lines of its requests have in common; made with the first one. */
  lineStart: string | null;
}

/** A route as tools see it. */
export interface CompiledRoute extends RouteFacts {
  readonly method: string;
  /** With the application's prefix. */
  readonly path: string;
  readonly definition: RouteDefinition;
  readonly open: boolean;
  /** Names of the guards, in order. */
  readonly guards: readonly string[];
  /** Names of the arounds, outermost first: `outer`, those of the server, the controller's, the route's. */
  readonly arounds: readonly string[];
  readonly statuses: StatusMap;
  /** Id of the module that lists the route or its controller. */
  readonly module: string;
  /** Whether its requests enter the request context (AsyncLocalStorage). */
  readonly usesContext: boolean;
  /** Milliseconds for guards and handler. */
  readonly timeout: number;
  /** Bytes of the body, where the route or the server says so; else each format has its own limit. */
  readonly bodyLimit?: number;
  /** Media types of the body that are read, where the route has one. */
  readonly bodyTypes?: readonly string[];
  /** The versions of the API that the route belongs to, where requests say theirs in a header; `undefined`: all. */
  readonly versions?: readonly string[];
  /** The header that says it, where it is one, and whether a request must have it. */
  readonly versionHeader?: { readonly name: string; readonly required: boolean };
  /** `file:line`, where known. */
  readonly definedAt?: string;
}
