import { text } from '../text.ts';
import { type LocalExecutorOptions, openLocalExecutor } from './local.ts';
import { IsolatedFailure, type SandboxExecutor } from './types.ts';

/** What an operator chooses of the sandbox (settings SANDBOX_…). */
export interface ExecutorSetting extends Omit<LocalExecutorOptions, 'folder'> {
  readonly engine: 'local' | 'off';
}

/** @param folder private, emptied now */
export async function openExecutor(setting: ExecutorSetting, folder: string): Promise<SandboxExecutor> {
  const { engine, ...options } = setting;
  return engine === 'off' ? offExecutor : openLocalExecutor({ ...options, folder });
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
