import { Socket } from 'node:net';
import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';

/** When a process refuses requests because it cannot keep up. Times in milliseconds. */
export interface OverloadOptions {
  /**
   * Delay of the event loop from which on requests are refused; also the age in the queue of what one turn of the loop has to
   * work through, so that nobody who is accepted has waited for more than about twice this time. Default 250; in development, where compilers and debuggers stop the process, 1,000.
   */
  readonly delay?: number;
}

/** How often the delay is sampled. */
const PERIOD = 50;
/** Without a request for this long the sampling rests. */
const REST = 1000;
/** Requests that are handled after a delay in any case: one slow moment of a quiet process is no overload. */
const SPARED = 4;
/** Requests that a new process handles in any case: while its code is compiled it is slow, and says nothing of what it can do. */
const COLD = 200;
const LEVELS = { low: 0.5, normal: 1, high: 2 } as const;

/** The share of the limits up to which a route's requests are accepted. Health routes have no limit. */
export function shareOf(priority: keyof typeof LEVELS | undefined): number {
  return LEVELS[priority ?? 'normal'];
}

/**
 * Watches whether this process keeps up. A timer marks the beginning of turns of the event loop; how far behind the last mark a request is handled
 * is how long it has been waiting at least. While nothing is late this costs a subtraction per request.
 */
export class LoadWatch {
  readonly #delay: number;
  #mark = 0;
  #lag = 0;
  #requests = 0;
  #refused = 0;
  #usedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #accepted = 0;
  #acceptedThen = 0;
  #loopsThen = 0;
  #idleThen = 0;
  /** For how long every turn of a loop that never rested has taken a connection: so long somebody has been waiting to be accepted. */
  #standing = 0;
  #emptying = false;
  #handled = 0;

  constructor(options: OverloadOptions, production: boolean) {
    this.#delay = options.delay ?? (production ? 250 : 1000);
  }

  /** Whether a request is accepted: not when it came too late, nor while work is left over from a turn that took too long. */
  admits(context: RouteContext, plan: RoutePlan): boolean {
    const now = context.startedAt;
    if (this.#timer === null) this.#start(now);
    this.#requests++;
    if (this.#handled < COLD) {
      this.#handled++;
      return true;
    }
    const limit = this.#delay * plan.share;
    if (this.#standing > limit) return this.#admitsQueued(context);
    if (now - this.#mark - PERIOD <= limit && (this.#lag <= limit || context.server.openRequests.count === 0)) return true;
    // What comes through memory has no queue.
    if (this.#requests <= SPARED || !(context.request.socket instanceof Socket)) return true;
    this.#refused++;
    return false;
  }

  /** A connection was accepted. */
  connected(): void {
    this.#accepted++;
  }

  // libuv accepts one connection in a turn; the others wait in the kernel, where nobody can count them. Refusing is quick, so the queue
  // is empty soon: with the first turn that finds nobody there, requests are accepted again.
  #admitsQueued(context: RouteContext): boolean {
    if (!(context.request.socket instanceof Socket)) return true;
    if (!this.#emptying) {
      this.#emptying = true;
      this.#watchTurn(this.#accepted, 2, context.startedAt + this.#delay);
    }
    this.#refused++;
    return false;
  }

  #watchTurn(before: number, patience: number, until: number): void {
    setImmediate(() => {
      const left = this.#accepted === before ? patience - 1 : 2;
      // Clients that come back at once would keep it full for ever.
      if (left > 0 && this.#timer !== null && performance.now() < until) return this.#watchTurn(this.#accepted, left, until);
      this.#emptying = false;
      this.#standing = 0;
    });
  }

  /** Ends the sampling. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #start(now: number): void {
    this.#mark = this.#usedAt = now;
    this.#lag = this.#requests = this.#standing = 0;
    this.#remember();
    this.#timer = setInterval(() => this.#sample(), PERIOD);
    this.#timer.unref();
  }

  #sample(): void {
    const now = performance.now();
    // What refusing took is no reason to refuse more: clients that try again at once would be refused for ever.
    const took = now - this.#mark;
    this.#lag = this.#refused > 0 ? 0 : took - PERIOD;
    this.#refused = 0;
    this.#mark = now;
    this.#weighQueue(took);
    if (this.#requests > 0) this.#usedAt = now;
    else if (now - this.#usedAt > REST) return this.close();
    this.#requests = 0;
  }

  #weighQueue(took: number): void {
    const loops = this.#loopsThen;
    const accepted = this.#accepted - this.#acceptedThen;
    const idle = this.#idleThen;
    this.#remember();
    const busy = this.#idleThen - idle < took / 50;
    if (busy && accepted > 0 && accepted >= this.#loopsThen - loops - 1) this.#standing += took;
    else if (!this.#emptying) this.#standing = 0;
  }

  #remember(): void {
    const { nodeTiming } = performance;
    this.#acceptedThen = this.#accepted;
    this.#loopsThen = nodeTiming.uvMetricsInfo.loopCount;
    this.#idleThen = nodeTiming.idleTime;
  }
}
