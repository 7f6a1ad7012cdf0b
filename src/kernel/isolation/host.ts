import { accessSync, constants, existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What of this machine the sandbox is built with. Found in the system's folders only, never by PATH. */
const TOOL_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

export function toolPath(name: string): string | null {
  for (const folder of TOOL_FOLDERS) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return null;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Accounts that no system hands out: above the ranges of systemd's containers, or, in a container with few ids, a gap below them. */
const ACCOUNT_RANGES = [
  { first: 1_900_000_000, count: 1_000_000 },
  { first: 60_600, count: 500 },
] as const;
/** Slots of one server, so that two servers of one host hardly share accounts. */
const SLOTS = 64;

export interface Accounts {
  /** Group that lent files are made readable for. */
  readonly gid: number;
  /** The account of a slot. */
  readonly uidOf: (slot: number) => number;
  readonly slots: number;
}

/** Null when this process cannot give another account: it is no root, or its ids are too few. */
export function accountsOfHost(): Accounts | null {
  if (!isRoot()) return null;
  const mapped = readFileSync('/proc/self/uid_map', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const range = ACCOUNT_RANGES.find((r) =>
    mapped.some(([first = 0, , count = 0]) => first <= r.first && r.first + r.count <= first + count),
  );
  if (!range) return null;
  const groups = Math.floor((range.count - 1) / SLOTS);
  const from = range.first + 1 + (process.pid % groups) * SLOTS;
  return { gid: range.first, uidOf: (slot) => from + (slot % SLOTS), slots: SLOTS };
}

/** A folder of the system as it looks inside: a link where it is one here, otherwise lent read-only. */
export function systemFolder(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path).replace(/^\//, ''), path]
    : ['--ro-bind', path, path];
}

/** The watchdog finds a job's processes by it (CONFIG_PROC_CHILDREN). */
export function hasChildrenFile(): boolean {
  return existsSync(`/proc/self/task/${process.pid}/children`);
}
