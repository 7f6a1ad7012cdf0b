import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { OperatorError } from '../../operator-error.ts';
import { IsolatedFailure } from '../types.ts';

const Name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const Parameters = z.object({
  namespace: Name,
  image: z.string().min(1),
  /** A claim that pods and this server both mount (ReadWriteMany). */
  claim: Name,
  /** Where it is mounted here. */
  volume: z.string().startsWith('/'),
  /** File with the token of a service account that may make Jobs, read pods and logs, and make network policies. */
  token: z.string().startsWith('/').default('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  seccomp: z.string().optional(),
  runtime: z.string().optional(),
});

export type Cluster = z.output<typeof Parameters> & { readonly url: string };

/** Of `SANDBOX_KUBERNETES`. @throws OperatorError */
export function readCluster(setting: string | undefined): Cluster {
  if (!setting || !URL.canParse(setting))
    throw new OperatorError(
      'SANDBOX_ENGINE=kubernetes 需要 SANDBOX_KUBERNETES。SANDBOX_ENGINE=kubernetes needs SANDBOX_KUBERNETES.',
    );
  const url = new URL(setting);
  const parsed = Parameters.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success)
    throw new OperatorError(`SANDBOX_KUBERNETES 有误 is not right:\n${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, url: `${url.origin}${url.pathname.replace(/\/$/, '')}` };
}

const REQUEST_MS = 15_000;
const CONFLICT = 409;
const NOT_FOUND = 404;
const ANSWER_CHARACTERS_MAX = 4 * 1024 ** 2;

/** The few calls of the API server that are needed. @throws IsolatedFailure `unavailable` */
export function apiOf(cluster: Cluster) {
  const base = (group: string) => `${cluster.url}/${group}/namespaces/${cluster.namespace}`;
  async function call(method: string, url: string, body?: unknown): Promise<{ status: number; text: string }> {
    try {
      const token = (await readFile(cluster.token, 'utf8')).trim();
      const answer = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(REQUEST_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok && answer.status !== CONFLICT && answer.status !== NOT_FOUND)
        throw new IsolatedFailure('unavailable', `the cluster answered ${answer.status}`);
      return { status: answer.status, text: text.slice(0, ANSWER_CHARACTERS_MAX) };
    } catch (error) {
      if (error instanceof IsolatedFailure) throw error;
      throw new IsolatedFailure(
        'unavailable',
        `the cluster does not answer: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  const jobs = base('apis/batch/v1');
  return {
    makePolicy: (policy: unknown) => call('POST', `${base('apis/networking.k8s.io/v1')}/networkpolicies`, policy),
    readPolicy: (name: string) => call('GET', `${base('apis/networking.k8s.io/v1')}/networkpolicies/${name}`),
    makeJob: (job: unknown) => call('POST', `${jobs}/jobs`, job),
    readJob: async (name: string): Promise<unknown> => {
      const { status, text } = await call('GET', `${jobs}/jobs/${name}`);
      return status === NOT_FOUND ? null : JSON.parse(text);
    },
    removeJob: (name: string) => call('DELETE', `${jobs}/jobs/${name}?propagationPolicy=Foreground`),
    readLog: async (name: string, bytes: number): Promise<string> => {
      const { text } = await call('GET', `${base('api/v1')}/pods?labelSelector=job-name%3D${name}`);
      const pods = z
        .object({ items: z.array(z.object({ metadata: z.object({ name: Name }) })) })
        .safeParse(JSON.parse(text));
      const pod = pods.success ? pods.data.items[0] : undefined;
      if (!pod) return '';
      return (await call('GET', `${base('api/v1')}/pods/${pod.metadata.name}/log?limitBytes=${bytes}`)).text;
    },
  };
}
export type Api = ReturnType<typeof apiOf>;
