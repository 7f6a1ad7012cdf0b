import { parseArgs } from 'node:util';

export interface Arguments {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** As they came, for commands that read them by rules of their own. */
  readonly raw: readonly string[];
}

/** `--name value`, `--name=value` and bare `--name`; everything else are words, in order. */
export function readArguments(
  values: readonly string[],
  booleans: readonly string[] = ['json', 'help', 'force', 'leaked', 'lost'],
): Arguments {
  const names = new Set(values.filter((v) => v.startsWith('--')).map((v) => v.slice(2).split('=')[0] ?? ''));
  const options = Object.fromEntries(
    [...names].map((n) => [n, { type: booleans.includes(n) ? ('boolean' as const) : ('string' as const) }]),
  );
  const parsed = parseArgs({ args: [...values], options, allowPositionals: true, strict: false });
  return { words: parsed.positionals, flags: parsed.values as Record<string, string | boolean>, raw: values };
}

/** The text of a flag. @throws UsageError when it is missing */
export function need(args: Arguments, name: string): string {
  const value = args.flags[name];
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} 缺失 is missing`);
  return value;
}

/** A call whose words are off: exit code 2 and the command's help. */
export class UsageError extends Error {
  override name = 'UsageError';
}
