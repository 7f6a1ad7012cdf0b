// What the tests and the verifiers by others need of the system.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say, stop } from './prepare.mjs';

const NEEDED = [
  { packages: ['chromium'], present: () => existsSync('/usr/bin/chromium') },
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

/** Debian packages of the browser, its Chinese fonts and the outside verifiers. */
export function ensureSystemPackages() {
  const missing = NEEDED.filter((n) => !n.present()).flatMap((n) => n.packages);
  if (missing.length === 0) return;
  const sentence = `测试需要这些软件包 The tests need these packages: apt-get install -y ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) stop(sentence);
  say(`· 安装测试所需的系统软件包 Installing system packages for the tests: ${missing.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update');
  if (apt('install', '-y', '--no-install-recommends', ...missing).status !== 0) stop(sentence);
}
