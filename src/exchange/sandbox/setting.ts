import type { Kernel } from '../../kernel/acts/index.ts';
import type { SandboxExecutor } from '../../kernel/isolation/index.ts';
import type { Vault } from '../../kernel/vault/index.ts';

/** What the sandbox needs of the operator. */
export interface SandboxSetting {
  readonly kernel: Kernel;
  readonly vault: Vault;
  readonly executor: SandboxExecutor;
  /** Private folder for decrypted copies of granted tables; emptied at start. */
  readonly folder: string;
  /** Tables of so many rows are kept in parts of so many, instead of what HS-21.14 says: for trying it on small ones. */
  readonly parts?: { readonly fromRows: number; readonly rows: number };
}

let setting: SandboxSetting | undefined;

export const configureSandbox = (given: SandboxSetting): void => {
  setting = given;
};

/** @throws Error before the room is configured */
export function sandboxSetting(): SandboxSetting {
  if (!setting) throw new Error('the sandbox is not configured');
  return setting;
}
