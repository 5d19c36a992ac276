/** Prints how long the first boot of this process took, in milliseconds; imports and the definition of the classes do not count. */
export async function report(boot) {
  const begun = performance.now();
  await boot();
  console.log(performance.now() - begun);
}
