import { DENIED } from './seccomp.ts';
import { SYSCALLS, type SyscallName } from './syscalls.ts';

/** What a hostile program tries; each is the body of a Python function that returns true when it got what it wanted. */
export interface Attempt {
  readonly name: string;
  readonly code: string;
  /** Must not be run without the sandbox, not even to compare. */
  readonly onlyInside?: true;
}

/** What the attempts are told: what lies on the host for them to find. */
export interface Bait {
  /** Port of 127.0.0.1 on which somebody listens. */
  readonly port: number;
  /** Of the server's environment. */
  readonly secret: string;
  /** A file of the server's data folder that holds the secret. */
  readonly file: string;
}

const family = (name: string, number: number, kind = 'SOCK_DGRAM'): Attempt => ({
  name: `socket ${name}`,
  code: `return socket.socket(${number}, socket.${kind}) is not None`,
});
const reads = (path: string): Attempt => ({
  name: `read ${path}`,
  code: `return len(open('${path}', 'rb').read(64)) > 0`,
});
const writes = (folder: string): Attempt => ({
  name: `write below ${folder}`,
  code: `p = '${folder}/.attempt'\nopen(p, 'w').close()\nos.unlink(p)\nreturn True`,
});

/** Reached the kernel: whatever it then says of senseless arguments, the filter did not refuse. */
const calls = (name: SyscallName): Attempt => {
  const [x64, arm64] = SYSCALLS[name];
  // What they make stays on the host when the program is over.
  const risky = ['vhangup', 'shmget', 'semget', 'msgget'].includes(name);
  return {
    name: `system call ${name}`,
    code: `number = {'x86_64': ${x64 ?? 'None'}, 'aarch64': ${arm64 ?? 'None'}}[os.uname().machine]
if number is None: return False
if libc.syscall(number, -1, -1, -1, -1, -1, -1) >= 0: return True
return ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES)`,
    ...(risky ? { onlyInside: true } : {}),
  };
};

export const attempts = ({ port, secret, file }: Bait): readonly Attempt[] => [
  {
    name: 'connect to a port of the host',
    code: `return socket.create_connection(('127.0.0.1', ${port}), 2) is not None`,
  },
  {
    name: 'look up a name',
    code: `return len(socket.getaddrinfo('localhost', 80)) > 0 and socket.socket() is not None`,
  },
  family('AF_INET', 2),
  family('AF_INET6', 10),
  family('AF_NETLINK', 16, 'SOCK_RAW'),
  family('AF_PACKET', 17, 'SOCK_RAW'),
  family('AF_ALG', 38, 'SOCK_SEQPACKET'),
  family('AF_VSOCK', 40, 'SOCK_STREAM'),
  { name: 'the secret in its environment', code: `return '${secret}' in repr(os.environ)` },
  ...['1', 'self'].map((pid) => ({
    name: `the secret in /proc/${pid}/environ`,
    code: `return b'${secret}' in open('/proc/${pid}/environ', 'rb').read()`,
  })),
  {
    name: 'environment of every process',
    code: `return any(b'${secret}' in open(f'/proc/{p}/environ', 'rb').read() for p in os.listdir('/proc') if p.isdigit() and os.access(f'/proc/{p}/environ', os.R_OK))`,
  },
  reads('/proc/self/mountinfo'),
  reads('/proc/meminfo'),
  reads('/proc/cmdline'),
  reads('/etc/passwd'),
  reads('/etc/shadow'),
  reads(file),
  { name: 'list /root', code: `return len(os.listdir('/root')) >= 0` },
  { name: 'list /sys', code: `return len(os.listdir('/sys')) > 0` },
  { name: 'a shell', code: `import subprocess\nreturn subprocess.run(['/bin/sh', '-c', 'true']).returncode == 0` },
  ...['', '/usr', '/in', '/app', '/dev', '/etc', '/home'].map((folder) => writes(folder)),
  {
    name: 'change what was lent',
    code: `import glob\nreturn any(open(p, 'r+b') for p in glob.glob('/in/*/*'))`,
    onlyInside: true,
  },
  { name: 'become root', code: `os.setuid(0)\nreturn os.getuid() == 0` },
  {
    name: 'hold a capability',
    code: `data = (ctypes.c_uint32 * 6)()\nlibc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data)\nreturn any(data)`,
  },
  { name: 'gain privileges by a program (no_new_privs off)', code: `return libc.prctl(39, 0, 0, 0, 0) == 0` },
  { name: 'a name of the host', code: `return os.uname().nodename != 'sandbox'` },
  { name: 'change the name of the host', code: `socket.sethostname('attempt')\nreturn True`, onlyInside: true },
  { name: 'processes of the host in sight', code: `os.kill(os.getppid(), 0)\nreturn os.getppid() > 1` },
  {
    name: 'the private pipe',
    code: `return any(stat.S_ISSOCK(os.fstat(f).st_mode) for f in range(3, 64) if is_open(f))`,
  },
  {
    name: 'a new user namespace by clone',
    code: `child = libc.syscall({'x86_64': 56, 'aarch64': 220}[os.uname().machine], 0x10000000 | 17, 0, 0, 0, 0)\nif child == 0: os._exit(0)\nreturn child > 0`,
  },
  {
    name: 'type into the terminal (TIOCSTI)',
    code: `import fcntl\ntry: fcntl.ioctl(0, 0x5412, b'x')\nexcept OSError as e: return e.errno != errno.EPERM\nreturn True`,
  },
  {
    name: 'list mounts (listmount)',
    code: `libc.syscall(458, -1, -1, -1, -1)\nreturn ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS)`,
  },
  {
    name: 'stop its keeper',
    code: `for s in range(1, 32):\n  if s not in (17, 18): os.kill(1, s)\ntime.sleep(0.1)\nreturn os.getppid() != 1`,
    onlyInside: true,
  },
  ...DENIED.map(calls),
];

/** One program that makes every attempt in turn and says of each whether it succeeded. */
export const attemptProgram = (list: readonly Attempt[], output: string): string => `
import ctypes, errno, json, os, socket, stat, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def is_open(f):
    try: os.fstat(f)
    except OSError: return False
    return True
attempts = {}
${list.map(({ code }, i) => `def attempt_${i}():\n${code.replaceAll(/^/gm, '    ')}\nattempts[${i}] = attempt_${i}`).join('\n')}
found = {}
for i, attempt in attempts.items():
    try: found[i] = bool(attempt())
    except BaseException: found[i] = False
json.dump(found, open('${output}', 'w'))
`;

/** What takes from the host until somebody stops it; in the sandbox each must end as `resource`, or come to nothing. */
export interface Bomb {
  readonly name: string;
  readonly code: string;
  /** In the sandbox the kernel refuses it and the program ends by itself. */
  readonly refused?: true;
}

export const BOMBS: readonly Bomb[] = [
  { name: 'memory of one process', code: 'x = bytearray(3 * 2**30)' },
  {
    name: 'memory of six children together',
    code: `import os, time
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(150 * 2**20)
        for i in range(0, len(x), 4096): x[i] = 1
        time.sleep(60)
time.sleep(60)`,
  },
  {
    name: 'shared memory without a file',
    code: `import mmap, os, time
kept = []
for _ in range(6):
    if os.fork() == 0:
        m = mmap.mmap(-1, 150 * 2**20)
        for i in range(0, len(m), 4096): m[i] = 1
        time.sleep(60)
time.sleep(60)`,
  },
  {
    name: 'memory mapped over a reservation (not counted by RLIMIT_DATA)',
    code: `import ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
size = 700 * 2**20
at = libc.mmap(None, size, 0, 0x4022, -1, 0)
assert at and libc.mmap(at, size, 3, 0x32, -1, 0) == at
ctypes.memset(at, 1, size)
time.sleep(60)`,
  },
  {
    name: 'processes',
    code: `import os, time
for _ in range(300):
    try:
        if os.fork() == 0: time.sleep(60); os._exit(0)
    except OSError: break
time.sleep(60)`,
  },
  {
    name: 'files without content',
    code: `for i in range(1000000): open(f'{folder}/{i}', 'w').close()`,
  },
  { name: 'bytes of files', code: `open(f'{folder}/large', 'wb').write(bytes(64 * 2**20))`, refused: true },
  { name: 'time on the processor', code: 'while True: pass' },
  {
    name: 'time asleep, deaf to signals',
    code: 'import signal, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\ntime.sleep(60)',
  },
  {
    name: 'a process that stays when the program is over',
    code: `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(45)
    os._exit(0)`,
    refused: true,
  },
  { name: 'endless printing', code: "import sys\nwhile True: sys.stdout.write('x' * 65536)" },
];

/** SQL that must not be answered. `plain`: what to run without the sandbox, where it differs. */
export const SQL_ATTEMPTS: readonly { readonly name: string; readonly sql: string }[] = [
  ...[
    "read_csv('{file}')",
    "read_text('{file}')",
    "read_blob('{file}')",
    "'{file}.csv'",
    "glob('/*')",
    "sniff_csv('{file}')",
    "read_json('{file}')",
    "read_parquet('{file}')",
    "parquet_metadata('{file}')",
    "read_text('../{file}')",
    "read_text('/proc/self/environ')",
    "read_text('/app/inside/sql.mjs')",
    "read_parquet('http://127.0.0.1:{port}/x')",
    "query('select 1; drop table x')",
  ].map((source) => ({ name: `from ${source}`, sql: `select * from ${source}` })),
  ...[
    "copy (select 1) to '/tmp/attempt'",
    "copy t1.data to '/dev/stdout'",
    "attach '/tmp/attempt.duckdb' as a",
    "attach ':memory:' as a",
    "export database '/tmp/attempt'",
    "import database '/tmp/attempt'",
    'install httpfs',
    'load httpfs',
    'create table a as select 1',
    'create macro a() as 1',
    'create secret (type http)',
    'set enable_external_access = true',
    'set threads = 64',
    "set memory_limit = '100GB'",
    "set file_search_path = '/'",
    "pragma enable_profiling = 'json'",
    "call enable_logging(level = 'info', storage = 'stdout')",
    'insert into t1.data select * from t1.data',
    'drop table t1.data',
    'detach t1',
    'checkpoint',
    'vacuum',
    'explain analyze select 1',
    'prepare a as select 1',
    'set variable a = 1',
    'select 1; select 2',
  ].map((sql) => ({ name: sql, sql })),
  { name: 'getenv', sql: "select getenv('ATTEMPT_SECRET')" },
  { name: 'two gigabytes of one text', sql: "select length(repeat('x', 2000000000))" },
  { name: 'four gigabytes of a list', sql: 'select len(range(500000000))' },
  {
    name: 'an endless recursion',
    sql: 'with recursive r as (select 1 as i union all select i + 1 from r) select count(*) from r',
  },
  {
    name: 'a cross join without end',
    sql: 'select count(*) from range(1000000000) a, range(1000000000) b where a.range * b.range = 7',
  },
  { name: 'an answer of a gigabyte', sql: "select repeat('x', 1000000) from range(1000)" },
  { name: 'a value in the error', sql: 'select cast(name as integer) from t1.data' },
];
