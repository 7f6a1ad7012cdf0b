import { chmod, chown, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { text } from '../../text.ts';
import { INSIDE } from '../confinements.ts';
import { encodeRequest, FrameError } from '../frames.ts';
import { accountsOfHost } from '../host.ts';
import type { Account } from '../launch.ts';
import { checkNames, lendingFolder } from '../lending.ts';
import type { LocalExecutor } from '../local.ts';
import { CODE_CHARACTERS_MAX, collector, LOG_BYTES_MAX, Report } from '../python.ts';
import {
  IsolatedFailure,
  type IsolatedProgram,
  type Limits,
  type ProgramOutcome,
  type SandboxExecutor,
} from '../types.ts';
import { readAnswers } from './answers.ts';
import { type Api, apiOf, type Cluster } from './cluster.ts';
import { jobManifest, networkPolicy, POLICY_NAME } from './manifest.ts';

export { readCluster } from './cluster.ts';

const LOOK_MS = 500;
/** Beyond the program's own time: the pod has to be placed and its image fetched. */
const PLACEMENT_MS = 120_000;
const READABLE = 0o640;
const Status = z.object({
  status: z.object({ succeeded: z.number().optional(), failed: z.number().optional() }).optional(),
});

/**
 * Python programs as Jobs of a cluster; queries stay on this host, since a pod takes seconds to start. Request, tables and
 * answers lie on a volume that server and pods share. Tried against a fake API server only, not on a real cluster.
 */
export function openKubernetesExecutor(local: LocalExecutor, cluster: Cluster): SandboxExecutor {
  const api = apiOf(cluster);
  const accounts = accountsOfHost();
  const account: Account = accounts
    ? { uid: accounts.uidOf(0), gid: accounts.gid }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return {
    ...local,
    name: 'kubernetes',
    availability: async () => {
      const here = await local.availability();
      if (!here.sql) return here;
      const reached = await ensurePolicy(api).catch((error: IsolatedFailure) => error);
      return reached instanceof IsolatedFailure
        ? {
            sql: true,
            python: false,
            reason: text(`集群不可用：${reached.detail}`, `The cluster is not there: ${reached.detail}`),
          }
        : { sql: true, python: true, reason: null };
    },
    run: (program, limits, signal) =>
      program.language === 'sql' ? local.run(program, limits, signal) : runPod(program, limits, signal),
  };

  async function runPod(program: IsolatedProgram, limits: Limits, signal?: AbortSignal): Promise<ProgramOutcome> {
    if (program.code.length > CODE_CHARACTERS_MAX) throw new IsolatedFailure('syntax', 'too long');
    checkNames(program.inputs);
    // Never a pod before the policy that shuts it in.
    await ensurePolicy(api);
    const lending = await lendingFolder(cluster.volume, accounts?.gid ?? null);
    const folder = dirname(lending.path);
    // A name that the cluster takes: lower case, no underscore.
    const job = basename(folder);
    try {
      await local.writeTables(program.inputs, lending, limits, signal);
      await prepare(folder, program, limits, account);
      await api.makeJob(jobManifest(job, limits, cluster, account));
      const files = new Map<string, Buffer>();
      try {
        await finished(api, job, limits.wallMs + PLACEMENT_MS, signal);
        const take = collector(files, program.filesMax, limits.answerBytes);
        const report = Report.safeParse(
          await readAnswers(join(folder, 'answers', 'answers'), limits.answerBytes, take),
        );
        if (!report.success) throw new IsolatedFailure('internal', 'an answer of another shape');
        return { table: null, files, log: await api.readLog(job, LOG_BYTES_MAX), ...report.data };
      } catch (error) {
        if (error instanceof FrameError) throw new IsolatedFailure('internal', error.message);
        if (!(error instanceof IsolatedFailure) || error.kind === 'cancelled') throw error;
        const log = await api.readLog(job, LOG_BYTES_MAX).catch(() => '');
        throw new IsolatedFailure(error.kind, [error.detail, log].filter((part) => part !== '').join('\n'));
      } finally {
        await api.removeJob(job);
      }
    } finally {
      await lending.remove();
    }
  }
}

async function ensurePolicy(api: Api): Promise<void> {
  if ((await api.readPolicy(POLICY_NAME)).status === 404) await api.makePolicy(networkPolicy());
}

async function prepare(folder: string, program: IsolatedProgram, limits: Limits, account: Account): Promise<void> {
  const [inside, request, answers] = ['inside', 'request', 'answers'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const part of [inside, request, answers]) await mkdir(part);
  await copyFile(join(INSIDE, 'program.py'), join(inside, 'program.py'));
  const message = {
    id: 1,
    code: program.code,
    tables: program.inputs.map(({ name }) => name),
    filesMax: program.filesMax,
    bytesMax: limits.answerBytes,
  };
  await writeFile(join(request, 'request'), encodeRequest(message));
  for (const [path, mode] of [
    [inside, 0o750],
    [request, 0o750],
    [join(inside, 'program.py'), READABLE],
    [join(request, 'request'), READABLE],
  ] as const) {
    await chown(path, process.getuid?.() ?? 0, account.gid);
    await chmod(path, mode);
  }
  await chown(answers, account.uid, account.gid);
  await chmod(answers, 0o700);
}

/** @throws IsolatedFailure when it failed, is gone, or takes too long */
async function finished(api: Api, job: string, waitMs: number, signal?: AbortSignal): Promise<void> {
  const until = Date.now() + waitMs;
  while (Date.now() < until) {
    if (signal?.aborted) throw new IsolatedFailure('cancelled');
    const seen = await api.readJob(job);
    if (seen === null) throw new IsolatedFailure('internal', 'the Job is gone');
    const status = Status.safeParse(seen);
    if (status.success && (status.data.status?.succeeded ?? 0) > 0) return;
    if (status.success && (status.data.status?.failed ?? 0) > 0)
      throw new IsolatedFailure('resource', 'the Job failed');
    await pause(LOOK_MS);
  }
  throw new IsolatedFailure('resource', 'time');
}
