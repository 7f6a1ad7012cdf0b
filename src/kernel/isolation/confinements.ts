import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT } from '../root.ts';
import type { Confinement } from './launch.ts';
import type { Limits } from './types.ts';

/** Plain JavaScript and Python, lent as they lie in the sources. */
export const INSIDE = join(ROOT, 'src/kernel/isolation/inside');
export const INPUTS_FOLDER = '/in';
export const OUTPUT_FOLDER = '/out';
const WORK_FOLDER = '/work';
const SHARED_MEMORY = '/dev/shm';

const DEVICES = ['/dev/null', '/dev/zero', '/dev/urandom', '/dev/random'];
/** Threads of Node and of the engine count as processes (RLIMIT_NPROC). */
export const SQL_TASKS = 64;
const SQL_FILES_OPEN = 64;
export const SQL_THREADS = 2;
/** What Node and the engine's code hold besides the data. */
const NODE_BYTES = 160 * 1024 ** 2;
const NODE_HEAP_MEBIBYTES = 192;
/** Time until the process is ready, which is not the session's. */
const START_CPU_SECONDS = 2;
/** Reserved and hardly used; what is used of it beyond the limit of data, the watchdog sees. */
const NODE_ADDRESS_SPACE = 2 * 1024 ** 3;
const ADDRESS_SPACE_BEYOND = 1024 ** 3;
const SHARED_MEMORY_BYTES = 16 * 1024 ** 2;
const PYTHON_FILES_OPEN = 128;
/** bubblewrap's own process and the runner beside the person's program. */
export const PYTHON_PROCESSES_OWN = 4;

/** Ordinary users share the count of processes with everything else of theirs; the watchdog counts the job's own. */
const taskLimit = (tasks: number, own: boolean): string[] => (own ? [`--nproc=${tasks}`] : []);

const MODULES = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@duckdb/node-api/package.json'))));

/** What the engine itself may hold, so that it refuses before the process is out of memory. */
export const engineBytes = (memoryBytes: number): number => Math.max(memoryBytes - NODE_BYTES, memoryBytes / 2);

/** Nothing inside can be written to at all: no file, no folder, no device but the empty ones. */
export function sqlConfinement(inputs: string, limits: Limits, ownAccount: boolean): Confinement {
  return {
    binds: [
      { source: realpathSync(process.execPath), target: '/app/node' },
      { source: join(MODULES, '@duckdb'), target: '/app/node_modules/@duckdb' },
      { source: INSIDE, target: '/app/inside' },
      // The allocator asks how the kernel hands out memory. Told nothing it maps over reservations of its own, which is
      // slow and, in Linux, not counted against the limit of data.
      { source: join(INSIDE, 'overcommit_memory'), target: '/proc/sys/vm/overcommit_memory' },
      { source: inputs, target: INPUTS_FOLDER },
    ],
    scratch: [],
    devices: DEVICES,
    environment: { PATH: '/nowhere', LANG: 'C.UTF-8', TZ: 'UTC', UV_THREADPOOL_SIZE: '2' },
    limits: [
      `--data=${limits.memoryBytes}`,
      `--as=${limits.memoryBytes + NODE_ADDRESS_SPACE}`,
      `--cpu=${limits.cpuSeconds + START_CPU_SECONDS}`,
      ...taskLimit(SQL_TASKS, ownAccount),
      `--nofile=${SQL_FILES_OPEN}`,
      '--core=0',
      '--fsize=0',
      '--msgqueue=0',
    ],
    folder: '/',
    command: ['/app/node', `--max-old-space-size=${NODE_HEAP_MEBIBYTES}`, '--no-warnings', '/app/inside/sql.mjs'],
  };
}

export const PYTHON = '/usr/bin/python3';

export function pythonConfinement(inputs: string, limits: Limits, ownAccount: boolean): Confinement {
  const half = Math.max(1, Math.floor(limits.diskBytes / 2));
  // Debian keeps which BLAS is used in links of /etc/alternatives; pandas does not load without the time zones.
  const system = ['/etc/alternatives', '/usr/share/zoneinfo'].filter((path) => existsSync(path));
  return {
    binds: [
      { source: realpathSync(PYTHON), target: PYTHON },
      ...system.map((path) => ({ source: path, target: path })),
      { source: INSIDE, target: '/app/inside' },
      { source: inputs, target: INPUTS_FOLDER },
    ],
    scratch: [
      { target: WORK_FOLDER, bytes: half },
      { target: OUTPUT_FOLDER, bytes: half },
      { target: SHARED_MEMORY, bytes: SHARED_MEMORY_BYTES },
    ],
    devices: DEVICES,
    environment: {
      PATH: '/usr/bin',
      HOME: WORK_FOLDER,
      TMPDIR: WORK_FOLDER,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONHASHSEED: '0',
    },
    limits: [
      `--data=${limits.memoryBytes}`,
      `--as=${limits.memoryBytes + ADDRESS_SPACE_BEYOND}`,
      `--cpu=${limits.cpuSeconds}`,
      ...taskLimit(limits.processes + PYTHON_PROCESSES_OWN, ownAccount),
      `--nofile=${PYTHON_FILES_OPEN}`,
      '--core=0',
      `--fsize=${half}`,
      '--msgqueue=0',
    ],
    folder: WORK_FOLDER,
    command: [PYTHON, '-I', '-u', '/app/inside/program.py'],
  };
}
