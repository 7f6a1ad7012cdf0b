import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot } from '../host.ts';
import { openLocalExecutor } from '../local.ts';
import { outcomeOf, TEST_LIMITS, testFolder } from '../testing.ts';
import { openKubernetesExecutor, readCluster } from './index.ts';

interface Manifest {
  metadata: { name: string };
  spec: {
    activeDeadlineSeconds: number;
    template: {
      spec: {
        automountServiceAccountToken: boolean;
        securityContext: { runAsUser: number; runAsGroup: number };
        containers: {
          command: string[];
          env: { name: string; value: string }[];
          securityContext: unknown;
          resources: { limits: Record<string, string> };
          volumeMounts: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[];
        }[];
      };
    };
  };
}

const place = testFolder();
const volume = join(place.folder, 'volume');
mkdirSync(volume);
// A pod reaches the volume by its mount, not through this host's folders.
for (const folder of [place.folder, volume]) chmodSync(folder, 0o711);
writeFileSync(join(place.folder, 'token'), 'of the account\n');
const local = await openLocalExecutor({ folder: join(place.folder, 'sandbox'), warm: 0 });
const here = await local.availability();

/** An API server with just enough of a cluster behind it: a Job's pod is its manifest's command on its manifest's mounts. */
const asked: string[] = [];
const manifests: Manifest[] = [];
const ended = new Map<string, 'succeeded' | 'failed'>();
let policy: unknown = null;
let behave: 'run' | 'fail' | 'link' | 'forge' | 'wait' = 'run';
/** Called when a job stands that will never end by itself. */
let waiting = () => {};
let api: Server;
let url = '';

function startPod(job: Manifest): void {
  const { name } = job.metadata;
  const answers = join(volume, name, 'answers', 'answers');
  const finish = (how: 'succeeded' | 'failed') => ended.set(name, how);
  if (behave === 'wait') waiting();
  else if (behave === 'fail') finish('failed');
  else if (behave === 'link') {
    symlinkSync('/etc/passwd', answers);
    finish('succeeded');
  } else if (behave === 'forge') {
    writeFileSync(answers, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x4a]));
    finish('succeeded');
  } else {
    const [container] = job.spec.template.spec.containers;
    if (!container) return;
    const mounts = container.volumeMounts.flatMap(({ mountPath, subPath, readOnly }) =>
      subPath
        ? [readOnly ? '--ro-bind' : '--bind', join(volume, subPath), mountPath]
        : ['--size', '16777216', '--tmpfs', mountPath],
    );
    const system = ['--ro-bind', '/usr', '/usr', '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'];
    const rest = [
      '--symlink',
      'usr/bin',
      '/bin',
      '--ro-bind',
      '/etc/alternatives',
      '/etc/alternatives',
      '--dev',
      '/dev',
    ];
    const env = container.env.flatMap(({ name, value }) => ['--setenv', name, value]);
    const args = [
      '--unshare-all',
      '--as-pid-1',
      '--clearenv',
      ...env,
      ...system,
      ...rest,
      ...mounts,
      '--chdir',
      '/work',
    ];
    const { runAsUser, runAsGroup } = job.spec.template.spec.securityContext;
    const account = ['--reuid', `${runAsUser}`, '--regid', `${runAsGroup}`, '--clear-groups'];
    const [command = '', ...before] = isRoot() ? ['setpriv', ...account, 'bwrap'] : ['bwrap'];
    spawn(command, [...before, ...args, ...container.command]).once('exit', (code) =>
      finish(code === 0 ? 'succeeded' : 'failed'),
    );
  }
}

beforeAll(async () => {
  api = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      const path = (request.url ?? '').replace(/job-[0-9a-f]+/g, '<job>');
      asked.push(`${request.method} ${path}`);
      const answer = (status: number, value: unknown = {}) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof value === 'string' ? value : JSON.stringify(value));
      };
      if (request.headers.authorization !== 'Bearer of the account') return answer(401);
      if (path.includes('/networkpolicies')) {
        if (request.method === 'GET') return answer(policy ? 200 : 404, policy ?? {});
        policy = JSON.parse(body);
        return answer(201);
      }
      if (path.endsWith('/log?limitBytes=65536')) return answer(200, 'printed');
      if (path.includes('/pods?')) return answer(200, { items: [{ metadata: { name: 'pod-1' } }] });
      if (request.method === 'POST') {
        const job = JSON.parse(body) as Manifest;
        manifests.push(job);
        startPod(job);
        return answer(201);
      }
      if (request.method === 'DELETE') return answer(200);
      const how = ended.get(/job-[0-9a-f]+/.exec(request.url ?? '')?.[0] ?? '');
      return answer(200, { status: how ? { [how]: 1 } : {} });
    });
  });
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
  const address = api.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});

afterAll(async () => {
  api.close();
  await local.stop();
  place.remove();
});

const executor = (at = url) =>
  openKubernetesExecutor(
    local,
    readCluster(
      `${at}?namespace=jobs&image=registry.example/python&claim=shared&volume=${volume}&token=${place.folder}/token`,
    ),
  );

describe.runIf(here.python)('programs as Jobs of a cluster (a fake one)', { timeout: 60_000 }, () => {
  const program = async (code: string) => ({
    language: 'python' as const,
    code,
    inputs: existsSync(join(place.folder, 't1.duckdb'))
      ? [{ name: 't1', path: join(place.folder, 't1.duckdb') }]
      : [await place.database('t1', 'select range as id from range(3)')],
    rowsMax: 0,
    filesMax: 2,
  });

  it('run on the lent tables, shut in, and are removed', async () => {
    const code = "import shuheng; shuheng.result({'sum': shuheng.tables['t1'].id.sum()})";
    const { files, log } = await executor().run(await program(code), TEST_LIMITS);
    expect(files.get('result.json')?.toString()).toBe('{"sum": 3}');
    expect(log).toBe('printed');
    expect(asked.at(-1)).toBe('DELETE /apis/batch/v1/namespaces/jobs/jobs/<job>?propagationPolicy=Foreground');
    expect(readdirSync(volume)).toEqual([]);
    expect(policy).toMatchObject({ spec: { policyTypes: ['Ingress', 'Egress'] } });
    expect(asked.indexOf('POST /apis/networking.k8s.io/v1/namespaces/jobs/networkpolicies')).toBeLessThan(
      asked.indexOf('POST /apis/batch/v1/namespaces/jobs/jobs'),
    );
    const spec = manifests[0]?.spec.template.spec;
    expect(manifests[0]?.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 60 });
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      privileged: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec?.containers[0]?.volumeMounts.filter((m) => m.subPath && !m.readOnly).map((m) => m.mountPath)).toEqual([
      '/answers',
    ]);
  });

  it('are not believed, and fail by class', async () => {
    for (const [how, kind] of [
      ['fail', 'resource'],
      ['link', 'internal'],
      ['forge', 'internal'],
    ] as const) {
      behave = how;
      expect([how, await outcomeOf(executor().run(await program('pass'), TEST_LIMITS))]).toEqual([how, kind]);
    }
    behave = 'run';
    expect(await outcomeOf(executor().run(await program('1/0'), TEST_LIMITS))).toBe('data');
    behave = 'wait';
    const before = asked.filter((line) => line.startsWith('DELETE')).length;
    const caller = new AbortController();
    waiting = () => setTimeout(() => caller.abort(), 200);
    expect(await outcomeOf(executor().run(await program('pass'), TEST_LIMITS, caller.signal))).toBe('cancelled');
    expect(asked.filter((line) => line.startsWith('DELETE')).length).toBe(before + 1);
    expect(readdirSync(volume)).toEqual([]);
  });

  it('say that the cluster is not there', async () => {
    expect(await executor().availability()).toMatchObject({ sql: true, python: true });
    const away = executor('http://127.0.0.1:1');
    expect(await away.availability()).toMatchObject({ sql: true, python: false });
    expect(await outcomeOf(away.run(await program('pass'), TEST_LIMITS))).toBe('unavailable');
  });
});
