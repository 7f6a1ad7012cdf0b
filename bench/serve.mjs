// One exchange in a process of its own, for figures and fault tests: settings from the environment, `small` or `full` as
// argument. Runs the built server; with SHUHENG_FROM_SOURCES=1 and `--import tsx` the sources. With `once` as second argument
// it ends as soon as it is ready: the data folder is what is wanted.
const sources = process.env.SHUHENG_FROM_SOURCES === '1';
const { readSettings } = await import(sources ? '../src/kernel/settings.ts' : '../dist/src/kernel/settings.js');
const { startServer } = await import(sources ? '../src/main.ts' : '../dist/src/main.js');

const server = await startServer(readSettings(), () => undefined, {
  sampleSize: process.argv[2] === 'full' ? 'full' : 'small',
});
process.stdout.write(`ready ${server.url}\n`);
if (process.argv[3] === 'once') {
  await server.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.stop().then(() => process.exit(0));
  });
}
