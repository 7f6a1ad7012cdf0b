import { z } from 'zod';
import { ColumnSchema, type Vault } from '../../../kernel/vault/index.ts';
import type { TypedOutput } from './result.ts';

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** An output as it is kept, hashed and shown. */
export const Content = z.object({
  columns: z.array(ColumnSchema),
  rows: z.array(z.array(Cell)),
  /** The document of a model, as its card announces it. */
  model: z.record(z.string(), z.unknown()).nullable(),
});
export type Content = z.output<typeof Content>;

export const contentOf = ({ columns, rows, model }: TypedOutput) => ({
  form: 'shuheng/output/1',
  columns,
  rows,
  model,
});

async function textOf(vault: Vault, objectId: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of await vault.open(objectId)) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** @throws VaultFailure when it is damaged */
export const readContent = async (vault: Vault, objectId: string): Promise<Content> =>
  Content.parse(JSON.parse(await textOf(vault, objectId)));

export const readLog = textOf;
