import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Listeners } from './listen.js';
import { HTTP_ERRORS } from '../errors.js';
import { RouteContext } from '../request/http-context.js';
import { Connections } from './connections.js';
import { answerClientError, refuseConnection } from './client-error.js';
import { fail } from './fail.js';
import type { RequestHandler } from './handle-request.js';
import type { ServerState } from './server-state.js';
import type { TrackedSocket } from './tracked-socket.js';

/** Node's server and its connections. */
export interface ServedHttp {
  readonly server: Server;
  readonly connections: Connections;
  /** Its open ports; `null` before it listens. */
  listeners: Listeners | null;
}

/** What a server is made with beside its state. */
export interface ServerSettings {
  /** Certificate and key; `null` for plain http. */
  readonly tls: SecureContextOptions | null;
  /** The longest that any route waits for its body: shorter limits are the routes' own. */
  readonly requestTimeout: number;
}

/** Node's server with its limits set (https where `tls` is given), calling `handle` for every request and answering what it refuses itself. */
export function createHttpServer(state: ServerState, handle: RequestHandler, { tls, requestTimeout }: ServerSettings): ServedHttp {
  const { limits } = state;
  const connections = new Connections();
  const admit: RequestHandler = (request, response, expectsContinue) => {
    const socket = request.socket as TrackedSocket;
    // Its client has been told that nothing after that answer is served: what it has sent all the same must have no effect.
    if (socket.plinthEnding === true) return;
    if (connections.shut) connections.keep(socket, () => admit(request, response, expectsContinue));
    else handle(request, response, expectsContinue);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => admit(request, response, false);
  const settings = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    // Node looks only every 30 s otherwise: slow headers would live three times as long as their limit says.
    connectionsCheckingInterval: 2000,
    // Explicitly, so that no command line switch can turn it on.
    insecureHTTPParser: false,
    // Missing and repeated hosts are answered by us, in the form of every other error.
    requireHostHeader: false,
    ...({ optimizeEmptyRequests: true } as object),
  };
  // A handshake that is not finished is a request whose headers have not come.
  const server: Server =
    tls === null
      ? createServer(settings, listener)
      : createSecureServer({ ...settings, ...tls, handshakeTimeout: limits.headersTimeout }, listener);
  // Counted by us: a parser that drops headers above a number drops whichever it likes.
  server.maxHeadersCount = 0;
  connections.watch(server, tls !== null);
  const { load } = state;
  if (load !== null) server.on('connection', () => load.connected());
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    state.requestLog?.info(
      { ip: socket.remoteAddress, reason: (error as NodeJS.ErrnoException).code ?? error.message },
      'TLS handshake failed',
    );
    socket.destroy();
  });
  server.on('checkContinue', (request, response) => admit(request, response, true));
  server.on('checkExpectation', (request, response) => {
    const context = new RouteContext(state, request, response);
    (request.socket as TrackedSocket).plinthRequest = context;
    context.last = true;
    fail(context, HTTP_ERRORS.EXPECTATION());
  });
  server.on('clientError', (error, socket) => answerClientError(state, error, socket as TrackedSocket));
  // A tunnel is never opened: without a listener Node would close the connection without a word. No method is allowed on its target.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {});
    refuseConnection(state, HTTP_ERRORS.METHOD({ method: 'CONNECT', allowed: 'none' }), socket as TrackedSocket, ['Allow', '']);
  });
  cutStalledClients(server);
  return { server, connections, listeners: null };
}

/**
 * Node has no write timeout, so a client that never reads its answer would be served for ever. Where an answer does not go out at
 * once, `watchStall` gives its socket a timer; here it has fired. A connection that waits for its handler has none.
 */
function cutStalledClients(server: Server): void {
  server.on('timeout', (socket: TrackedSocket) => {
    const request = socket.plinthRequest;
    if (request === undefined || request.response.writableFinished || socket.writableLength > 0) socket.destroy();
  });
}
