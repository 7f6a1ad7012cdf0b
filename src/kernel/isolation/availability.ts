import { existsSync } from 'node:fs';
import { type Text, text } from '../text.ts';
import { PYTHON } from './confinements.ts';
import { type Accounts, accountsOfHost, hasChildrenFile, isRoot, toolPath } from './host.ts';
import type { Tools } from './launch.ts';
import { isArchitecture } from './seccomp.ts';

/** What of this machine the sandbox is made of. */
export interface Host {
  readonly tools: Tools;
  /** Null: jobs run as the ordinary user that the server is. */
  readonly accounts: Accounts | null;
}

const ASK = '请处理后重试 Mend it and try again';
export const PYTHON_PACKAGES = ['python3-pandas', 'python3-sklearn'] as const;
const PYTHON_MODULES = ['pandas', 'sklearn'];
const PYTHON_PLACES = ['/usr/lib/python3/dist-packages', '/usr/lib64/python3/site-packages'];

/** Looks at the machine anew, since packages come while the server runs. What is missing is said, never worked around. */
export function hostNow(): Host | Text {
  if (process.platform !== 'linux')
    return text(
      `沙箱需要 Linux 的命名空间，本机是 ${process.platform}。`,
      `The sandbox needs the namespaces of Linux; this machine is ${process.platform}.`,
    );
  if (!isArchitecture(process.arch))
    return text(
      `没有 ${process.arch} 的系统调用过滤表，只有 x64 与 arm64。`,
      `There is no table of system calls for ${process.arch}, only for x64 and arm64.`,
    );
  const names = {
    bwrap: 'bubblewrap',
    prlimit: 'util-linux',
    unshare: 'util-linux',
    setpriv: 'util-linux',
    sh: 'dash',
  };
  const found = Object.keys(names).map((name) => toolPath(name));
  const missing = Object.values(names).filter((_, i) => found[i] === null);
  if (missing.length > 0) {
    const install = `apt-get install ${[...new Set(missing)].join(' ')}`;
    return text(`缺少隔离所需的程序：${install}`, `Programs that isolation is made of are missing: ${install}`);
  }
  if (!hasChildrenFile())
    return text(
      '内核没有 /proc/<pid>/task/<tid>/children（CONFIG_PROC_CHILDREN），无法看住作业的全部进程。',
      'The kernel has no /proc/<pid>/task/<tid>/children (CONFIG_PROC_CHILDREN): the processes of a job could not be watched.',
    );
  const accounts = accountsOfHost();
  if (isRoot() && !accounts)
    return text(
      '服务以 root 运行，但这里没有可用的其他账号编号：请以普通用户运行服务，或给容器更多 uid。',
      'The server runs as root and no other account numbers exist here: run it as an ordinary user, or give the container more uids.',
    );
  const [bwrap = '', prlimit = '', unshare = '', setpriv = '', shell = ''] = found.map((path) => path ?? '');
  return { tools: { bwrap, prlimit, unshare, setpriv, shell }, accounts };
}

export const isHost = (value: Host | Text): value is Host => 'tools' in value;

/** Why no isolated process starts though its programs are there. */
export const refusedByKernel = (detail: string): Text =>
  text(
    `隔离进程没有启动（${detail}）：多半是内核或容器不许建立用户命名空间，例如 kernel.unprivileged_userns_clone、kernel.apparmor_restrict_unprivileged_userns、user.max_user_namespaces，或容器缺少 CAP_SYS_ADMIN。${ASK}。`,
    `The isolated process did not start (${detail}): most likely the kernel or the container allows no user namespaces, such as by kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces, or a container without CAP_SYS_ADMIN.`,
  );

/** What Python lacks here; null when nothing. */
export function lackOfPython(): Text | null {
  const there = PYTHON_MODULES.every((name) => PYTHON_PLACES.some((place) => existsSync(`${place}/${name}`)));
  if (existsSync(PYTHON) && there) return null;
  const install = `apt-get install ${PYTHON_PACKAGES.join(' ')}`;
  return text(
    `Python 作业暂不受理，缺少软件包：${install}（npm start 以 root 运行时会在后台安装）。`,
    `Python jobs are refused for now, packages are missing: ${install} (npm start as root installs them in the background).`,
  );
}
