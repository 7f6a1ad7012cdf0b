import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenDatabase } from './kernel/database/index.ts';
import { keepWitnesses, logVkeys, operatorPolicy, setWitnessPolicy } from './kernel/evidence/index.ts';
import { OperatorError } from './kernel/operator-error.ts';
import type { Settings } from './kernel/settings.ts';

/**
 * Who witnesses the log: those of the operator's policy; in the sample exchange two processes that play the regulator
 * and the notary; else nobody. Both of the sample must cosign.
 * @param leading true in the process that sequences the log
 * @returns what ends the sample's witnesses
 * @throws OperatorError when the policy cannot be used
 */
export async function arrangeWitnesses(
  settings: Settings,
  { db }: OpenDatabase,
  leading: () => boolean,
): Promise<() => Promise<void>> {
  if (settings.LOG_POLICY !== undefined) {
    await setWitnessPolicy(db, operatorPolicy(await policyAt(settings.LOG_POLICY)));
    return async () => undefined;
  }
  const isSample =
    settings.SHUHENG_SAMPLE !== 'none' && !existsSync(join(settings.SHUHENG_DATA, 'first-accounts.json'));
  if (!isSample) {
    await setWitnessPolicy(db, null);
    return async () => undefined;
  }
  return keepWitnesses({
    children: ['regulator', 'notary'].map((name) => ({
      name,
      keyName: `${name}.shuheng.example/witness`,
      folder: join(settings.SHUHENG_DATA, 'witnesses', name),
    })),
    wanted: leading,
    logKeys: () => logVkeys(db),
    onLines: (lines) => setWitnessPolicy(db, `${lines.join('\n')}\ngroup both all regulator notary\nquorum both\n`),
    onError: complain,
  });
}

async function policyAt(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new OperatorError(
      `无法读取见证策略 ${file}：${error instanceof Error ? error.message : error}。The trust policy of LOG_POLICY cannot be read.`,
    );
  }
}

function complain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'error', source: 'witness', message })}\n`);
}
