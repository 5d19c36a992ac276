const [name, variant] = process.argv[2].split(':');
const { start } = await import(`./contenders/${name}.mjs`);
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit(0));
process.send({ port: Number(await start(variant === 'shipped')) });
