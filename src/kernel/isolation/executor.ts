import { text } from '../text.ts';
import { openKubernetesExecutor, readCluster } from './kubernetes/index.ts';
import { type LocalExecutorOptions, openLocalExecutor } from './local.ts';
import { IsolatedFailure, type SandboxExecutor } from './types.ts';

/** What an operator chooses of the sandbox (settings SANDBOX_…). */
export interface ExecutorSetting extends Omit<LocalExecutorOptions, 'folder'> {
  readonly engine: 'local' | 'kubernetes' | 'off';
  /** `https://…?namespace=…`, for `kubernetes`. */
  readonly kubernetes?: string | undefined;
}

/** @param folder private, emptied now */
export async function openExecutor(setting: ExecutorSetting, folder: string): Promise<SandboxExecutor> {
  const { engine, kubernetes, ...options } = setting;
  if (engine === 'off') return offExecutor;
  const local = await openLocalExecutor({ ...options, folder });
  return engine === 'local' ? local : openKubernetesExecutor(local, readCluster(kubernetes));
}

const refused = (): Promise<never> => Promise.reject(new IsolatedFailure('unavailable', 'SANDBOX_ENGINE=off'));

const offExecutor: SandboxExecutor = {
  name: 'off',
  availability: async () => ({
    sql: false,
    python: false,
    reason: text(
      '运营方关闭了沙箱（SANDBOX_ENGINE=off）。',
      'The operator has switched the sandbox off (SANDBOX_ENGINE=off).',
    ),
  }),
  openSql: refused,
  run: refused,
  stop: async () => undefined,
};
