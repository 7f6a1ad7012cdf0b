import type { Account } from '../launch.ts';
import type { Limits } from '../types.ts';
import type { Cluster } from './cluster.ts';

const LABEL = { app: 'shuheng-sandbox' };
/** A Job that nobody deleted goes by itself. */
const KEEP_SECONDS = 120;
const SHARED_MEMORY_BYTES = 16 * 1024 ** 2;
/** Request and answers lie in files: the runner's descriptors for them. */
const REQUESTS = 4;
const ANSWERS = 5;

export const POLICY_NAME = 'shuheng-sandbox-deny-all';

/** Nothing in, nothing out, not even names: no rule of either kind allows anything. */
export const networkPolicy = (): unknown => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: POLICY_NAME },
  spec: { podSelector: { matchLabels: LABEL }, policyTypes: ['Ingress', 'Egress'] },
});

/** @param job name of the Job and of its folder on the shared volume */
export function jobManifest(job: string, limits: Limits, cluster: Cluster, account: Account): unknown {
  const half = Math.max(1, Math.floor(limits.diskBytes / 2));
  const seconds = Math.max(1, Math.ceil(limits.wallMs / 1_000));
  const lent = (path: string, subPath: string, readOnly: boolean) => ({
    name: 'shared',
    mountPath: path,
    subPath: `${job}/${subPath}`,
    readOnly,
  });
  const memory = (name: string, bytes: number) => ({ name, emptyDir: { medium: 'Memory', sizeLimit: `${bytes}` } });
  const resources = { cpu: '1', memory: `${limits.memoryBytes + limits.diskBytes}`, 'ephemeral-storage': '64Mi' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, labels: LABEL },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: seconds,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      template: {
        metadata: { labels: LABEL },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          hostname: 'sandbox',
          ...(cluster.runtime ? { runtimeClassName: cluster.runtime } : {}),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: account.uid,
            runAsGroup: account.gid,
            seccompProfile: cluster.seccomp
              ? { type: 'Localhost', localhostProfile: cluster.seccomp }
              : { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'program',
              image: cluster.image,
              command: [
                '/bin/sh',
                '-c',
                `ulimit -t ${limits.cpuSeconds}; exec python3 -I -u /app/inside/program.py ${REQUESTS}</app/request/request ${ANSWERS}>/answers/answers`,
              ],
              workingDir: '/work',
              env: Object.entries({
                HOME: '/work',
                TMPDIR: '/work',
                LANG: 'C.UTF-8',
                TZ: 'UTC',
                OPENBLAS_NUM_THREADS: '1',
                OMP_NUM_THREADS: '1',
                PYTHONDONTWRITEBYTECODE: '1',
                REQUESTS: `${REQUESTS}`,
                ANSWERS: `${ANSWERS}`,
              }).map(([name, value]) => ({ name, value })),
              resources: { limits: resources, requests: resources },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                privileged: false,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [
                lent('/in', 'in', true),
                lent('/app/inside', 'inside', true),
                lent('/app/request', 'request', true),
                lent('/answers', 'answers', false),
                { name: 'work', mountPath: '/work' },
                { name: 'out', mountPath: '/out' },
                { name: 'memory', mountPath: '/dev/shm' },
              ],
            },
          ],
          volumes: [
            { name: 'shared', persistentVolumeClaim: { claimName: cluster.claim } },
            memory('work', half),
            memory('out', half),
            memory('memory', SHARED_MEMORY_BYTES),
          ],
        },
      },
    },
  };
}
