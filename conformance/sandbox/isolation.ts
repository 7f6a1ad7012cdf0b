// Every attack of the isolation's list: in the sandbox, and beside it in a plain Python or DuckDB of the same machine.
//   npm run conformance -- --only sandbox-isolation
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { IsolatedFailure, type Limits, openLocalExecutor } from '../../src/kernel/isolation/index.ts';
import { testFolder } from '../../src/kernel/isolation/testing.ts';
import { attemptProgram, attempts, BOMBS, SQL_ATTEMPTS } from '../../src/kernel/isolation/testing-attacks.ts';

const SECRET = 'of-the-server-alone';
const PLAIN_MS = 4_000;
const SQL_MS = 3_000;
const MEBIBYTE = 1024 ** 2;
const LIMITS: Limits = {
  wallMs: 8_000,
  cpuSeconds: 4,
  memoryBytes: 512 * MEBIBYTE,
  processes: 16,
  diskBytes: 16 * MEBIBYTE,
  answerBytes: 4 * MEBIBYTE,
};

process.env.ATTEMPT_SECRET = SECRET;
const place = testFolder();
const file = join(place.folder, 'secret');
writeFileSync(file, SECRET);
writeFileSync(`${file}.csv`, `a\n${SECRET}\n`);
const listener = createServer((socket) => socket.end());
await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
const address = listener.address();
const port = typeof address === 'object' && address ? address.port : 0;
const lent = await place.database('t1', `select '${SECRET}' as name`);
const executor = await openLocalExecutor({ folder: join(place.folder, 'sandbox'), warm: 0 });
const here = await executor.availability();
if (!here.python) {
  console.log(here.reason?.en);
  process.exit(1);
}

let held = 0;
const open: string[] = [];
const say = (name: string, inside: string, closed: boolean, plain: string) => {
  if (closed) held += 1;
  else open.push(name);
  console.log(`${closed ? '✓' : '✗'} ${name.slice(0, 66).padEnd(66)} ${inside.slice(0, 34).padEnd(34)} ${plain}`);
};
const heading = (title: string) => console.log(`\n${title.padEnd(68)} ${'here'.padEnd(34)} unprotected`);

/** Another process without protection, killed with its group after a while. */
function plain(command: string, args: string[]): Promise<{ code: number | null; killed: boolean; output: string }> {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length < 100_000) output += chunk.toString('utf8');
  });
  let killed = false;
  const kill = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {}
  };
  const timer = setTimeout(() => {
    killed = true;
    kill();
  }, PLAIN_MS);
  return new Promise((done) =>
    child.once('exit', (code) => {
      clearTimeout(timer);
      kill();
      done({ code, killed, output });
    }),
  );
}

const python = async (code: string, limits = LIMITS) => {
  try {
    return {
      kind: 'ended',
      ...(await executor.run({ language: 'python', code, inputs: [lent], rowsMax: 0, filesMax: 3 }, limits)),
    };
  } catch (error) {
    if (!(error instanceof IsolatedFailure)) throw error;
    return { kind: error.kind, detail: error.detail.split('\n')[0] ?? '', files: new Map<string, Buffer>() };
  }
};

heading('What a program tries');
const list = attempts({ port, secret: SECRET, file });
const mine = await python(attemptProgram(list, '/out/result.json'), { ...LIMITS, wallMs: 60_000 });
const found = JSON.parse(mine.files.get('result.json')?.toString() ?? '{}') as Record<string, boolean>;
const comparable = list.filter(({ onlyInside }) => !onlyInside);
const answers = join(place.folder, 'plain.json');
await plain('/usr/bin/python3', ['-I', '-c', attemptProgram(comparable, answers)]);
const foundPlain = JSON.parse(readFileSync(answers, 'utf8')) as Record<string, boolean>;
for (const [i, attempt] of list.entries()) {
  const at = comparable.indexOf(attempt);
  const outside = at < 0 ? 'not tried' : foundPlain[at] ? 'succeeds' : 'refused by the system';
  say(attempt.name, found[i] === false ? 'refused' : found[i] ? 'SUCCEEDS' : 'no answer', found[i] === false, outside);
}

heading('What takes from the host');
for (const { name, code, refused } of BOMBS) {
  const began = Date.now();
  const inside = await python(`folder = '/out'\n${code}`);
  const ms = Date.now() - began;
  const scratch = join(place.folder, 'plain');
  mkdirSync(scratch, { recursive: true });
  const outside = await plain('/usr/bin/python3', ['-I', '-c', `folder = '${scratch}'\n${code}`]);
  rmSync(scratch, { recursive: true, force: true });
  const how = 'detail' in inside && inside.detail ? `${inside.kind}: ${inside.detail}` : inside.kind;
  say(
    name,
    `${how}, ${ms} ms`,
    inside.kind === 'resource' || refused === true,
    outside.killed ? 'went on until killed' : outside.code === 0 ? 'done' : 'failed',
  );
}

heading('SQL');
const runner = `const {DuckDBInstance} = require(process.argv[1]); (async () => {
  const c = await (await DuckDBInstance.create(':memory:')).connect();
  await c.run("attach '" + process.argv[2] + "' as t1");
  try { const r = await c.stream(process.argv[3]); await r.fetchChunk(); console.log('answered'); }
  catch (e) { console.log(String(e.message).includes('${SECRET}') ? 'error tells the value' : 'refused'); }
  process.exit(0); })()`;
const engine = join(import.meta.dirname, '../../node_modules/@duckdb/node-api');
for (const { name, sql } of SQL_ATTEMPTS) {
  const text = sql.replaceAll('{file}', file).replaceAll('{port}', `${port}`);
  const began = Date.now();
  const session = await executor.openSql([lent], { ...LIMITS, wallMs: SQL_MS });
  const kind = await session.rows(text, 10).then(
    () => 'answered',
    (error: IsolatedFailure) => `${error.message}`,
  );
  const ms = Date.now() - began;
  await session.close();
  const copy = await place.database(`c${began}`, `select '${SECRET}' as name`);
  const { output, killed } = await plain('/usr/bin/prlimit', [
    '--as=8589934592',
    process.execPath,
    '-e',
    runner,
    engine,
    copy.path,
    text,
  ]);
  say(name, `${kind}, ${ms} ms`, kind !== 'answered', killed ? 'went on until killed' : output.trim() || 'died');
}

await executor.stop();
listener.close();
place.remove();
for (const left of ['/tmp/attempt', '/tmp/attempt.duckdb']) rmSync(left, { recursive: true, force: true });
console.log(`\n${held} held, ${open.length} open${open.length > 0 ? `: ${open.join('; ')}` : ''}`);
process.exit(open.length === 0 ? 0 : 1);
