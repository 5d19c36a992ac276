/** TCP connections that this process has open, on both sides; unlike the counts of a server, these are the operating system's. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}
