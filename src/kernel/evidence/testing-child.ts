/** A process that sequences until it is killed: the fault tests kill it. Arguments: database URL, folder, origin. */
import { join } from 'node:path';
import { fileKeyProvider } from './keys.ts';
import { startSequencer } from './sequencer.ts';
import { diskTileStore, type TileStore } from './store.ts';

const [url = '', folder = '', origin = ''] = process.argv.slice(2);
/** Kills itself before or after this many writes to the store, so that every gap between two steps is hit. */
let writesLeft = Number(process.env.KILL_AFTER_WRITES ?? Number.POSITIVE_INFINITY);
const before = process.env.KILL_BEFORE_WRITE === '1';

function killedInTheMiddle(store: TileStore): TileStore {
  const step = async <T>(write: () => Promise<T>): Promise<T> => {
    writesLeft--;
    if (writesLeft <= 0 && before) process.kill(process.pid, 'SIGKILL');
    const result = await write();
    if (writesLeft <= 0) process.kill(process.pid, 'SIGKILL');
    return result;
  };
  return {
    ...store,
    put: (path, bytes) => step(() => store.put(path, bytes)),
    putAll: (files) => step(() => store.putAll(files)),
    removeFolder: (path) => step(() => store.removeFolder(path)),
  };
}

const sequencer = await startSequencer({
  url,
  origin,
  store: killedInTheMiddle(diskTileStore(join(folder, 'log'))),
  keys: fileKeyProvider(folder),
  suite: process.env.SUITE === 'sm' ? 'sm' : 'international',
  retryMs: 100,
  onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
});
process.stdout.write('started\n');
const tick = setInterval(() => sequencer.nudge(), 25);
process.on('SIGTERM', () => {
  clearInterval(tick);
  sequencer.stop().then(() => process.exit(0));
});
