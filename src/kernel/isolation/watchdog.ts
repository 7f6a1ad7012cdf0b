import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';

/** Limits hold for each process alone (setrlimit(2)); what a job's processes use together is counted here. */
export interface Watched {
  /** The launched process; every process of the job descends from it. */
  readonly pid: number;
  readonly memoryBytesMax: number;
  readonly processesMax: number;
  /** Folders of memory that the job writes to, as they are called inside. */
  readonly scratch: readonly string[];
  readonly filesMax: number;
  /** Called once, with what was exceeded. */
  readonly onExceeded: (what: 'memory' | 'processes' | 'files') => void;
}

export interface Usage {
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
}

const INTERVAL_MS = 50;
const TICKS_PER_SECOND = 100;
/** Ends the walk in a tree that grows faster than it is read. */
const TREE_MAX = 4_096;
const KIBIBYTE = 1024;
/** Of linux/magic.h. */
const TMPFS = 0x01021994;
const OUT_OF_MEMORY_FIRST = '1000';

interface Entry extends Watched {
  cpuTicks: number;
  peak: number;
}

const entries = new Set<Entry>();
let timer: NodeJS.Timeout | undefined;

/** Watches until `end` is called; the kernel's own killer takes the job before anything else of the host. */
export function watch(watched: Watched): { readonly usage: () => Usage; readonly end: () => void } {
  const entry: Entry = { ...watched, cpuTicks: 0, peak: 0 };
  entries.add(entry);
  try {
    writeFileSync(`/proc/${watched.pid}/oom_score_adj`, OUT_OF_MEMORY_FIRST);
  } catch {}
  timer ??= setInterval(look, INTERVAL_MS);
  timer.unref();
  return {
    usage: () => ({ cpuMs: (entry.cpuTicks * 1_000) / TICKS_PER_SECOND, memoryPeakBytes: entry.peak }),
    end: () => {
      entries.delete(entry);
      if (entries.size > 0 || !timer) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function look(): void {
  for (const entry of [...entries]) {
    const exceeded = measure(entry);
    if (!exceeded) continue;
    entries.delete(entry);
    entry.onExceeded(exceeded);
  }
}

function measure(entry: Entry): 'memory' | 'processes' | 'files' | null {
  const pids = treeOf(entry.pid);
  if (pids.length > entry.processesMax) return 'processes';
  let memory = 0;
  let ticks = 0;
  for (const pid of pids) {
    memory += residentOf(pid);
    ticks += ticksOf(pid);
  }
  // Pages that a fork shares are counted once for each process so far: look closer before killing for them.
  if (memory > entry.memoryBytesMax && pids.length > 1) memory = pids.reduce((sum, pid) => sum + proportionOf(pid), 0);
  entry.peak = Math.max(entry.peak, memory);
  entry.cpuTicks = Math.max(entry.cpuTicks, ticks);
  if (memory > entry.memoryBytesMax) return 'memory';
  return filesIn(pids, entry.scratch) > entry.filesMax ? 'files' : null;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Gone since it was listed.
    return '';
  }
};

export function treeOf(root: number): number[] {
  const found = [root];
  for (let at = 0; at < found.length && found.length < TREE_MAX; at++) {
    const pid = found[at];
    let tasks: string[] = [];
    try {
      tasks = readdirSync(`/proc/${pid}/task`);
    } catch {}
    for (const task of tasks)
      for (const child of read(`/proc/${pid}/task/${task}/children`).split(' ')) if (child) found.push(Number(child));
  }
  return found;
}

const kibibytes = (text: string, names: RegExp): number => {
  let sum = 0;
  for (const match of text.matchAll(names)) sum += Number(match[1]);
  return sum * KIBIBYTE;
};

const residentOf = (pid: number): number =>
  kibibytes(read(`/proc/${pid}/status`), /^(?:RssAnon|RssShmem|VmSwap):\s+(\d+)/gm);

const proportionOf = (pid: number): number =>
  kibibytes(read(`/proc/${pid}/smaps_rollup`), /^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+)/gm);

/** Fields 14 to 17 of proc(5): its own time and that of its children which ended; the name before them may hold spaces. */
function ticksOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + (Number(field) || 0), 0);
}

/** Seen through the root of a process inside; the launcher itself does not have these folders. */
function filesIn(pids: readonly number[], folders: readonly string[]): number {
  if (folders.length === 0) return 0;
  for (const pid of pids.toReversed()) {
    try {
      return folders.reduce((sum, folder) => {
        const { type, files, ffree } = statfsSync(`/proc/${pid}/root${folder}`);
        return type === TMPFS ? sum + files - ffree : sum;
      }, 0);
    } catch {}
  }
  return 0;
}
