/** Prints how long the first boot of this process took, and how much processor time, in milliseconds; imports and the definition of the classes do not count. */
export async function report(boot) {
  // What V8 still compiles and collects in the background for the imports and the definitions must not be counted as the boot's.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await boot();
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1_000 }));
}
