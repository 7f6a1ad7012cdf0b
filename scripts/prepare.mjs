// Makes a checkout runnable: right Node, packages installed, sources built. Plain JavaScript without dependencies, since
// it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** The compiler that checks and builds. Tools that read sources through a compiler's interface load `typescript`, the last that has one. */
export const TSC = join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc');
const NODE_MAJOR_MIN = 20;
const NODE_MINOR_MIN = 19;
const FREE_BYTES_MIN = 1.5 * 1024 ** 3;

/** One clear sentence and an end, never a stack trace. */
export function stop(sentence) {
  process.stderr.write(`\n✗ ${sentence}\n`);
  process.exit(1);
}

export const say = (line) => process.stderr.write(`${line}\n`);

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_MAJOR_MIN || (major === NODE_MAJOR_MIN && minor < NODE_MINOR_MIN)) {
    stop(
      `需要 Node.js 20.19 或更新版本，当前是 ${process.versions.node}。Node.js 20.19 or later is needed, this is ${process.versions.node}.`,
    );
  }
}

function run(command, args, what, options = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (done.error?.code === 'ENOENT') stop(`缺少命令 ${command}。The command ${command} is missing.`);
  if (done.status !== 0) {
    const output = `${done.stdout ?? ''}\n${done.stderr ?? ''}`.trim().split('\n').slice(-25).join('\n');
    if (/ENOSPC|No space left/i.test(output))
      stop('磁盘已满，请腾出空间后再试。The disk is full: free some space and try again.');
    process.stderr.write(`${output}\n`);
    stop(`${what.zh}没有成功。${what.en} failed.`);
  }
  return done;
}

/** Hash of the names, sizes and times of files: cheap, and changes when any of them does. */
function stampOf(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    const stat = statSync(path);
    if (!stat.isDirectory()) {
      hash.update(`${path}\0${stat.size}\0${Math.floor(stat.mtimeMs)}\n`);
      return;
    }
    for (const name of readdirSync(path).sort())
      if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
  };
  for (const path of paths) visit(join(ROOT, path));
  return hash.digest('hex');
}

const readOr = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Installs npm packages when the lock file is newer than what was installed. */
export function ensurePackages() {
  const stampFile = join(ROOT, 'node_modules', '.shuheng-installed');
  const stamp = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (readOr(stampFile) === stamp) return;
  const free = statfsSync(ROOT);
  if (free.bavail * free.bsize < FREE_BYTES_MIN) {
    stop('磁盘剩余空间不足 1.5 GB，无法安装依赖。Less than 1.5 GB of disk is free: the packages cannot be installed.');
  }
  say('· 安装依赖（首次约需半分钟） Installing packages, about half a minute the first time …');
  // npm ci refuses a lock written where foreign-platform packages were absent; npm install does the same work.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    zh: '安装依赖',
    en: 'Installing the packages',
  });
  writeFileSync(stampFile, stamp);
}

/** Builds server and web application when their sources changed. */
export function ensureBuilt({ web = true } = {}) {
  build(
    'server',
    'dist/.built',
    ['src', 'examples', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    () => {
      say('· 编译服务 Building the server …');
      run(process.execPath, [TSC, '-p', 'tsconfig.build.json'], {
        zh: '编译服务',
        en: 'Building the server',
      });
    },
  );
  build('rulebook', 'dist/.rulebook', ['rulebook', 'scripts/rulebook.mjs', 'package-lock.json'], () =>
    run(process.execPath, [join('scripts', 'rulebook.mjs')], { zh: '整理规则库', en: 'Parsing the rulebook' }),
  );
  if (!web) return;
  build('web', 'web/dist/.built', ['web', 'src/kernel/evidence/verify', 'package-lock.json'], () => {
    say('· 编译网页 Building the web application …');
    run(
      process.execPath,
      [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'error'],
      { zh: '编译网页', en: 'Building the web application' },
      { cwd: join(ROOT, 'web') },
    );
  });
}

/** Makes programs that tests start by the dozen quick to start, after the server was built. */
export function ensurePrograms() {
  build('programs', 'dist/.programs', ['dist/.built', 'scripts/programs.mjs'], () =>
    run(process.execPath, [join('scripts', 'programs.mjs')], {
      zh: '打包测试进程',
      en: 'Packing the programs of the tests',
    }),
  );
}

function build(_name, stampPath, sources, work) {
  const file = join(ROOT, stampPath);
  const stamp = stampOf(sources);
  if (readOr(file) === stamp) return;
  work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}

/** Everything for the server; the command line alone needs no web application. */
export function prepare(options) {
  checkNode();
  ensurePackages();
  ensureBuilt(options);
}
