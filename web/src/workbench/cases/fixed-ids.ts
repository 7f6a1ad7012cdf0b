import type { JsonSchema } from '../../api.ts';

/**
 * The fields of an act that name what the case is about, filled in: the kind of id a field wants stands in its schema,
 * the kind an id has in its prefix.
 */
export function fixedIds(input: JsonSchema, subjects: readonly string[]): Readonly<Record<string, string>> {
  const fixed = Object.entries(input.properties ?? {}).flatMap(([name, field]) => {
    const kinds = field['x-id']?.split('|') ?? [];
    const found = subjects.find((id) => kinds.includes(id.split('_')[0] ?? ''));
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(fixed);
}

/** Fields that hold the id of a party, in a list or alone; people choose them by name. */
export function partyFields(input: JsonSchema): readonly string[] {
  return Object.entries(input.properties ?? {}).flatMap(([name, field]) =>
    (field.items ?? field)['x-id'] === 'pty' ? [name] : [],
  );
}
