import { existsSync } from 'node:fs';
import { systemFolder } from './host.ts';
import { IsolatedFailure } from './types.ts';

/** What one process is shut into; everything else of the host is absent. */
export interface Confinement {
  /** Files and folders lent read-only: their place here and inside. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Memory-backed folders it may write to, each capped. */
  readonly scratch: readonly { readonly target: string; readonly bytes: number }[];
  readonly devices: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments of prlimit. */
  readonly limits: readonly string[];
  readonly folder: string;
  readonly command: readonly string[];
}

export interface Tools {
  readonly bwrap: string;
  readonly prlimit: string;
  /** For root alone: a private mount namespace and another account. */
  readonly unshare: string;
  readonly setpriv: string;
  readonly shell: string;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The launched process's descriptor of the filter; the private pipe is the next (inside/frames.mjs). */
const FILTER_FD = 3;

/**
 * Lends files that lie in folders which the other account may not search: they are bound below a fresh file system in a
 * mount namespace of their own, by root, before the account is left for good. `$1` is where.
 */
const STAGE_SCRIPT = `stage=$1
shift
mount -t tmpfs -o size=1m,mode=0755 stage "$stage" || exit 97
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir "$stage/$2"; else : > "$stage/$2"; fi && mount --bind "$1" "$stage/$2" || exit 97
  shift 2
done
shift
exec "$@"`;
/** Any folder that exists will do, since only this one process sees it covered; what is lent must not lie beneath. */
const STAGES = ['/mnt', '/media', '/srv', '/opt', '/tmp', '/var/tmp'];
const STAGE_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** @param account null: stay the ordinary user this process is */
export function commandLine(confinement: Confinement, tools: Tools, account: Account | null): CommandLine {
  const stage = stageFor(confinement);
  const staged = confinement.binds.map(({ target }, i) => ({ source: `${stage}/${i}`, target }));
  const inner = [
    tools.prlimit,
    ...confinement.limits,
    tools.bwrap,
    ...bubblewrap({ ...confinement, binds: account ? staged : confinement.binds }),
    ...confinement.command,
  ];
  // Nothing of the server's environment reaches even the launcher: it could be read as that of process 1.
  if (!account) return { command: inner[0] as string, args: inner.slice(1), environment: { PATH: '/usr/bin' } };
  const drop = ['--reuid', `${account.uid}`, '--regid', `${account.gid}`, '--clear-groups', '--no-new-privs'];
  return {
    command: tools.unshare,
    args: [
      ...['--mount', '--propagation', 'private', '--', tools.shell, '-c', STAGE_SCRIPT, 'stage', stage],
      ...confinement.binds.flatMap(({ source }, i) => [source, `${i}`]),
      ...['--', tools.setpriv, ...drop, ...inner],
    ],
    environment: { PATH: STAGE_PATH },
  };
}

function stageFor({ binds }: Confinement): string {
  const beneath = (folder: string) => binds.some(({ source }) => source.startsWith(`${folder}/`));
  const stage = STAGES.find((folder) => existsSync(folder) && !beneath(folder));
  if (!stage) throw new IsolatedFailure('unavailable', 'no folder of the system to lend files through');
  return stage;
}

/**
 * No /proc: it tells the host's paths (mountinfo), its memory and its kernel, and neither Node nor Python needs it.
 * No /dev of bubblewrap's making and a root that is read-only at the end: both are otherwise file systems in memory
 * without a cap, writable inside.
 */
function bubblewrap({
  binds,
  scratch,
  devices,
  environment,
  folder,
}: Omit<Confinement, 'limits' | 'command'>): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--as-pid-1'],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['/usr/lib', '/usr/lib64', '/lib', '/lib64'].flatMap(systemFolder),
    ...binds.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    ...devices.flatMap((device) => ['--dev-bind', device, device]),
    ...scratch.flatMap(({ target, bytes }) => ['--size', `${bytes}`, '--tmpfs', target]),
    ...['--hostname', 'sandbox', '--cap-drop', 'ALL', '--seccomp', `${FILTER_FD}`],
    ...['--chdir', folder, '--remount-ro', '/'],
  ];
}
