// Writes the table of settings in docs/operations.md from the schema the program reads; `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, ROOT, stop } from './prepare.mjs';

prepare();
const { SettingsSchema } = await import('../dist/src/kernel/settings.js');
const file = join(ROOT, 'docs', 'operations.md');
const text = readFileSync(file, 'utf8');
const [start, end] = ['<!-- settings -->', '<!-- /settings -->'];
const before = text.slice(0, text.indexOf(start) + start.length);
const after = text.slice(text.indexOf(end));
const rows = Object.entries(SettingsSchema.shape).map(([name, type]) => {
  const given = type.safeParse(undefined);
  const standard = given.success && given.data !== undefined ? `\`${given.data}\`` : '—';
  return `| \`${name}\` | ${standard} | ${type.description ?? ''} |`;
});
const made = `${before}\n| 变量 Variable | 默认 Default | 说明 Meaning |\n|---|---|---|\n${rows.join('\n')}\n${after}`;
if (process.argv.includes('--check')) {
  if (made !== text)
    stop(
      'docs/operations.md 与设置不一致，请运行 node scripts/docs.mjs。docs/operations.md is out of date: run node scripts/docs.mjs.',
    );
} else {
  writeFileSync(file, made);
}
