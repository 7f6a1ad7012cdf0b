import { NEWEST_SYSCALL, SYSCALLS, type SyscallName } from './syscalls.ts';

/**
 * The filter of system calls that a process of the sandbox lives under, as a classic BPF program (seccomp(2)).
 * It takes away what has let processes out of user namespaces before, and every kind of socket but AF_UNIX: those live
 * outside the network namespace (AF_VSOCK), or tell of the host (AF_NETLINK).
 */
export interface FilterOptions {
  /** May start other processes. */
  readonly processes: boolean;
  /** May make AF_UNIX sockets, which reach nothing but the process's own kin. */
  readonly sockets: boolean;
}

export interface Instruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}

export const ARCHITECTURES = {
  x64: { audit: 0xc000003e, column: 0 },
  arm64: { audit: 0xc00000b7, column: 1 },
} as const;
export type Architecture = keyof typeof ARCHITECTURES;
export const isArchitecture = (name: string): name is Architecture => name in ARCHITECTURES;

/** Of linux/bpf_common.h. */
const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
/** Of linux/seccomp.h: offsets in `struct seccomp_data`, and what a filter answers. */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const ARGUMENT_AT = (index: number) => 16 + 8 * index;
export const KILL = 0x80000000;
export const ALLOW = 0x7fff0000;
const refuseWith = (errno: number) => 0x00050000 | errno;
export const EPERM = refuseWith(1);
export const ENOSYS = refuseWith(38);
export const EAFNOSUPPORT = refuseWith(97);

/** Calls of the x32 ABI of an x86_64 kernel begin here; none of them is checked by name, so none is let through. */
const X32_FROM = 0x40000000;
const AF_UNIX = 1;
/** CLONE_NEWTIME … CLONE_NEWNET together. */
const CLONE_NAMESPACES = 0x7e020000;
const CLONE_THREAD = 0x00010000;
/** Writing into the terminal that started the server (TIOCSTI), and the console's clipboard (TIOCLINUX). */
const TERMINAL_REQUESTS = [0x5412, 0x541c] as const;

type Plain = Exclude<SyscallName, 'clone' | 'clone3' | 'socket' | 'socketpair' | 'ioctl' | 'fork' | 'vfork'>;
const HANDLED: readonly string[] = ['clone', 'clone3', 'socket', 'socketpair', 'ioctl', 'fork', 'vfork'];

/** Refused whatever the arguments. */
export const DENIED: readonly Plain[] = (Object.keys(SYSCALLS) as SyscallName[]).filter(
  (name): name is Plain => !HANDLED.includes(name),
);

export function filterProgram(architecture: Architecture, options: FilterOptions): readonly Instruction[] {
  const { audit, column } = ARCHITECTURES[architecture];
  const numberOf = (name: SyscallName): number | null => SYSCALLS[name][column];
  const program: Instruction[] = [];
  const add = (code: number, k: number, jumpTrue = 0, jumpFalse = 0) => program.push({ code, jumpTrue, jumpFalse, k });
  const answer = (value: number) => add(RETURN, value >>> 0);
  /** The steps run for this call alone; each ends the program or falls through to the next call, number loaded anew. */
  const onCall = (name: SyscallName, steps: () => void) => {
    const number = numberOf(name);
    if (number === null) return;
    const jump = program.length;
    add(JUMP_EQUAL, number);
    steps();
    program[jump] = { code: JUMP_EQUAL, jumpTrue: 0, jumpFalse: program.length - jump - 1, k: number };
  };
  const onArgument = (index: number, code: number, k: number, then: number, otherwise: number) => {
    add(LOAD_WORD, ARGUMENT_AT(index));
    add(code, k, 0, 1);
    answer(then);
    answer(otherwise);
  };

  add(LOAD_WORD, ARCHITECTURE_AT);
  add(JUMP_EQUAL, audit, 1, 0);
  answer(KILL);
  add(LOAD_WORD, NUMBER_AT);
  if (architecture === 'x64') {
    add(JUMP_AT_LEAST, X32_FROM, 0, 1);
    answer(KILL);
  }
  add(JUMP_AT_LEAST, NEWEST_SYSCALL + 1, 0, 1);
  answer(ENOSYS);
  // Its flags lie in memory, where a filter cannot look; the C library falls back to clone.
  onCall('clone3', () => answer(ENOSYS));
  for (const name of ['socket', 'socketpair'] as const)
    onCall(name, () =>
      options.sockets ? onArgument(0, JUMP_EQUAL, AF_UNIX, ALLOW, EAFNOSUPPORT) : answer(EAFNOSUPPORT),
    );
  onCall('clone', () => {
    add(LOAD_WORD, ARGUMENT_AT(0));
    add(JUMP_ANY_BIT, CLONE_NAMESPACES, 0, 1);
    answer(EPERM);
    if (!options.processes) {
      add(JUMP_ANY_BIT, CLONE_THREAD, 1, 0);
      answer(EPERM);
    }
    answer(ALLOW);
  });
  if (!options.processes) for (const name of ['fork', 'vfork'] as const) onCall(name, () => answer(EPERM));
  onCall('ioctl', () => {
    add(LOAD_WORD, ARGUMENT_AT(1));
    for (const request of TERMINAL_REQUESTS) {
      add(JUMP_EQUAL, request, 0, 1);
      answer(EPERM);
    }
    answer(ALLOW);
  });
  for (const name of DENIED) onCall(name, () => answer(EPERM));
  answer(ALLOW);
  return program;
}

/** As the kernel reads it: `struct sock_filter`, little-endian as both architectures are. */
export function encodeProgram(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, { code, jumpTrue, jumpFalse, k }] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(jumpTrue, i * 8 + 2);
    bytes.writeUInt8(jumpFalse, i * 8 + 3);
    bytes.writeUInt32LE(k, i * 8 + 4);
  }
  return bytes;
}
