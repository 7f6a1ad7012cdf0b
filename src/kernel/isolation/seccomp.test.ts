import { describe, expect, it } from 'vitest';
import {
  ALLOW,
  ARCHITECTURES,
  type Architecture,
  DENIED,
  EAFNOSUPPORT,
  ENOSYS,
  EPERM,
  encodeProgram,
  filterProgram,
  KILL,
} from './seccomp.ts';
import { NEWEST_SYSCALL, SYSCALLS, type SyscallName } from './syscalls.ts';

/** The part of classic BPF that the filter is written in, over the encoded bytes as the kernel gets them. */
function run(program: Buffer, call: { number: number; audit: number; args?: readonly number[] }): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number >>> 0, 0);
  data.writeUInt32LE(call.audit, 4);
  for (const [i, value] of (call.args ?? []).entries()) data.writeBigUInt64LE(BigInt(value >>> 0), 16 + 8 * i);
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; ) {
    const code = program.readUInt16LE(at * 8);
    const [jt, jf, k] = [program[at * 8 + 2] ?? 0, program[at * 8 + 3] ?? 0, program.readUInt32LE(at * 8 + 4)];
    at += 1;
    const branch = (taken: boolean) => {
      at += taken ? jt : jf;
    };
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    else if (code === 0x15) branch(accumulator === k);
    else if (code === 0x35) branch(accumulator >= k);
    else if (code === 0x45) branch((accumulator & k) !== 0);
    else if (code === 0x06) return k;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('ran off the end');
}

const open = { processes: true, sockets: true };
const closed = { processes: false, sockets: false };

describe.each(Object.keys(ARCHITECTURES) as Architecture[])('the filter on %s', (architecture) => {
  const { audit, column } = ARCHITECTURES[architecture];
  const verdict = (name: SyscallName, args: readonly number[] = [], options = open) => {
    const number = SYSCALLS[name][column];
    return number === null ? null : run(encodeProgram(filterProgram(architecture, options)), { number, audit, args });
  };

  it('refuses every call of the list, whatever its arguments', () => {
    for (const name of DENIED)
      for (const args of [[], [1, 2, 3], [0xffffffff]]) expect([EPERM, null]).toContain(verdict(name, args));
    expect(DENIED.length).toBeGreaterThan(77);
  });

  it('allows AF_UNIX sockets and no other family, or none at all', () => {
    for (let family = 0; family < 64; family++) {
      expect(verdict('socket', [family, 1, 0])).toBe(family === 1 ? ALLOW : EAFNOSUPPORT);
      expect(verdict('socketpair', [family, 1, 0], closed)).toBe(EAFNOSUPPORT);
    }
  });

  it('allows threads, processes where asked, never a namespace', () => {
    const thread = 0x003d0f00;
    for (const options of [open, closed]) {
      expect(verdict('clone', [thread], options)).toBe(ALLOW);
      for (const namespace of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
        expect(verdict('clone', [namespace | 17], options)).toBe(EPERM);
      expect(verdict('clone3', [], options)).toBe(ENOSYS);
    }
    expect(verdict('clone', [17])).toBe(ALLOW);
    expect(verdict('clone', [17], closed)).toBe(EPERM);
    if (SYSCALLS.fork[column] !== null) {
      expect(verdict('fork')).toBe(ALLOW);
      expect(verdict('fork', [], closed)).toBe(EPERM);
      expect(verdict('vfork', [], closed)).toBe(EPERM);
    }
  });

  it('keeps the terminal of the host from being typed into', () => {
    expect(verdict('ioctl', [0, 0x5412])).toBe(EPERM);
    expect(verdict('ioctl', [0, 0x541c])).toBe(EPERM);
    expect(verdict('ioctl', [0, 0x5401])).toBe(ALLOW);
  });

  it('kills a foreign architecture and knows no call newer than itself', () => {
    const program = encodeProgram(filterProgram(architecture, open));
    for (const other of [0x40000003, 0x40000028, 0xc00000f3])
      expect(run(program, { number: 0, audit: other })).toBe(KILL);
    for (const number of [NEWEST_SYSCALL + 1, 462, 1_000]) expect(run(program, { number, audit })).toBe(ENOSYS);
    expect(run(program, { number: 0x40000001, audit })).toBe(architecture === 'x64' ? KILL : ENOSYS);
  });

  it('lets every other call through', () => {
    const named = new Set<number | null>(Object.values(SYSCALLS).map((numbers) => numbers[column]));
    const program = encodeProgram(filterProgram(architecture, closed));
    for (let number = 0; number <= NEWEST_SYSCALL; number++)
      if (!named.has(number)) expect(run(program, { number, audit })).toBe(ALLOW);
  });
});
