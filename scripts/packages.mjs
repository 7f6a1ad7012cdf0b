// What the sandbox, the tests and the verifiers by others need of the system.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { say, stop } from './prepare.mjs';

/** What isolated processes are made of, and what Python programs find there; a server without them refuses such jobs. */
const SANDBOX = { packages: ['bubblewrap'], present: () => existsSync('/usr/bin/bwrap') };
const SANDBOX_PYTHON = {
  packages: ['python3-pandas', 'python3-sklearn'],
  present: () => ['pandas', 'sklearn'].every((name) => existsSync(`/usr/lib/python3/dist-packages/${name}`)),
};

const NEEDED = [
  SANDBOX,
  SANDBOX_PYTHON,
  {
    packages: ['chromium-headless-shell'],
    present: () => ['chromium-headless-shell', 'chromium'].some((name) => existsSync(`/usr/bin/${name}`)),
  },
  { packages: ['fonts-noto-cjk'], present: () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') },
  { packages: ['poppler-utils'], present: () => existsSync('/usr/bin/pdftoppm') },
  {
    packages: ['golang-go', 'golang-golang-x-mod-dev'],
    present: () => existsSync('/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog'),
  },
  // A department's MySQL database, for the tests of imports.
  { packages: ['mariadb-server'], present: () => existsSync('/usr/sbin/mariadbd') },
  { packages: ['openssl'], present: () => existsSync('/usr/bin/openssl') },
  {
    packages: ['softhsm2', 'opensc'],
    present: () => existsSync('/usr/lib/softhsm/libsofthsm2.so') && existsSync('/usr/bin/pkcs11-tool'),
  },
];

const APT = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=60'];
const INSTALL = [...APT, 'install', '-y', '--no-install-recommends'];
const aptEnvironment = () => ({ ...process.env, DEBIAN_FRONTEND: 'noninteractive' });
const mayInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

function install(packages) {
  const apt = (...args) =>
    spawnSync('apt-get', args, { env: aptEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  apt(...APT, 'update');
  return apt(...INSTALL, ...packages);
}

/** Debian packages of the sandbox, the browser, its Chinese fonts and the outside verifiers. */
export function ensureSystemPackages() {
  const missing = NEEDED.filter((n) => !n.present()).flatMap((n) => n.packages);
  if (missing.length === 0) return;
  const sentence = `测试需要这些软件包 The tests need these packages: apt-get install -y ${missing.join(' ')}`;
  if (!mayInstall()) stop(sentence);
  say(`· 安装测试所需的系统软件包 Installing system packages for the tests: ${missing.join(' ')} …`);
  if (!install(missing)) stop(sentence);
}

/** Small and soon there, so it is waited for; without it the exchange starts all the same and says what it refuses. */
export function ensureSandboxPackages() {
  if (process.platform !== 'linux' || process.env.SANDBOX_ENGINE === 'off' || SANDBOX.present()) return;
  const command = `apt-get install -y ${SANDBOX.packages.join(' ')}`;
  if (mayInstall()) {
    say('· 安装沙箱的隔离程序 Installing what the sandbox shuts processes in with: bubblewrap …');
    if (install(SANDBOX.packages)) return;
  }
  say(`· 沙箱查询暂不受理 Sandbox queries are refused until: ${command}`);
}

/** Large, so it comes in the background once the exchange answers; until then Python jobs are refused, with the reason. */
export function fetchSandboxPython() {
  if (process.platform !== 'linux' || process.env.SANDBOX_ENGINE === 'off' || SANDBOX_PYTHON.present()) return;
  if (!mayInstall()) return;
  say(
    '· 后台安装沙箱的 Python 软件包，其间 Python 作业暂不受理 Installing the sandbox’s Python packages in the background; until then Python jobs are refused',
  );
  const script = 'apt-get -qq update; exec nice -n 10 apt-get "$@"';
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...INSTALL, ...SANDBOX_PYTHON.packages], {
    env: aptEnvironment(),
    stdio: 'ignore',
    // A package half installed because somebody pressed Ctrl-C would be worse than a late end.
    detached: true,
  });
  child.on('error', () => undefined);
  child.unref();
}

// By itself, for who has something else to do meanwhile.
if (process.argv[1] === fileURLToPath(import.meta.url)) ensureSystemPackages();
