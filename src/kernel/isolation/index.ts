export { type ExecutorSetting, openExecutor } from './executor.ts';
export { type LocalExecutorOptions, openLocalExecutor } from './local.ts';
export {
  type Availability,
  IsolatedFailure,
  type IsolatedFailureKind,
  type IsolatedProgram,
  type LentFile,
  type Limits,
  type ProgramOutcome,
  type SandboxExecutor,
  type SqlSession,
} from './types.ts';
