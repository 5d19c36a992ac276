import type { Server } from 'node:http';
import type { TrackedSocket } from './tracked-socket.js';

/** The open connections of a server, and a gate before its handler that is shut for the moment in which the port is closed. */
export class Connections {
  /** `performance.now()` at which the latest connection came. */
  latest = 0;
  readonly #open = new Set<TrackedSocket>();
  /** Those under TLS. */
  readonly #raw = new Set<TrackedSocket>();
  #waiting: Map<TrackedSocket, (() => void)[]> | null = null;

  /** Follows the connections of a server. */
  watch(server: Server, secure: boolean): void {
    server.on('connection', (socket: TrackedSocket) => {
      this.latest = performance.now();
      const set = secure ? this.#raw : this.#open;
      set.add(socket);
      socket.once('close', () => set.delete(socket));
    });
    // Requests know the socket of TLS, not the one under it.
    server.on('secureConnection', (socket: TrackedSocket) => {
      this.latest = performance.now();
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Whether the gate is shut; asked for every request. */
  get shut(): boolean {
    return this.#waiting !== null;
  }

  shutGate(): void {
    this.#waiting ??= new Map();
  }

  /** Keeps a request that was read until the gate opens. */
  keep(socket: TrackedSocket, handle: () => void): void {
    socket.plinthHeld = true;
    const kept = this.#waiting?.get(socket);
    if (kept === undefined) this.#waiting?.set(socket, [handle]);
    else kept.push(handle);
  }

  openGate(): void {
    const waiting = this.#waiting ?? new Map<TrackedSocket, (() => void)[]>();
    this.#waiting = null;
    for (const [socket, handles] of waiting)
      for (const [index, handle] of handles.entries()) {
        socket.plinthHeld = index < handles.length - 1;
        handle();
      }
  }

  /**
   * Closes the connections that wait for their next request. Not those whose first request has yet to come, and not, as Node's own
   * `closeIdleConnections` does, those whose last answer is still on its way.
   */
  closeIdle(): void {
    for (const socket of this.#open) {
      const last = this.#waiting?.has(socket) === true ? undefined : socket.plinthRequest;
      if (last !== undefined && last.finished && last.response.writableFinished && last.request.complete && socket.writableLength === 0)
        socket.destroy();
    }
  }

  /** Whether a first request is arriving somewhere, or an answer is still being sent. */
  underWay(): boolean {
    for (const socket of this.#open) {
      const last = socket.plinthRequest;
      if (last === undefined ? socket.bytesRead > 0 : !last.response.writableFinished || socket.writableLength > 0) return true;
    }
    return false;
  }

  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
    for (const socket of this.#raw) socket.destroy();
  }
}
