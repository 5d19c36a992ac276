// One contender in a process of its own; tells its port, and its CPU time when asked.
const [name, variant] = process.argv[2].split(':');
const { start } = await import(`./contenders/${name}.mjs`);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit(0));
process.send({ port: Number(await start(variant === 'shipped', process.argv[3])) });
