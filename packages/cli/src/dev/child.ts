// Loaded into the process of the service before its entry, by `plinth dev`.
//
// Signals cannot be sent to a child on Windows without killing it, so the request to stop comes as a message; and a service whose
// parent has gone stops by itself, so that none stays behind with the port.

let asked = false;

function stop(): void {
  if (asked) return;
  asked = true;
  // SIGINT, not SIGTERM: nobody waits for a grace period here.
  if (!process.emit('SIGINT', 'SIGINT')) process.exit(0);
}

process.on('message', (message) => {
  if (message === 'plinth:stop') stop();
});
process.on('disconnect', () => {
  stop();
  // A stop that hangs must not hold the port of the next service.
  setTimeout(() => process.exit(1), 5_000).unref();
});
// Listening must not keep a process alive that has nothing left to do.
process.channel?.unref();
