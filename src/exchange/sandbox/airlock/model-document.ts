import { z } from 'zod';
import type { Cell } from '../../../kernel/vault/index.ts';
import type { ModelCard } from './declaration.ts';
import { Unfit } from './unfit.ts';

const NODES_MAX = 500;
const CENTRES_MAX = 50;
const MEASURES_MAX = 20;
/** Readers add numbers; a model is numbers under names that its card announced. */
const Num = z.number();
const Name = z.string().max(60);

const common = {
  /** Rows it was fitted on. */
  observations: z.number().int().min(1),
  /** Such as accuracy or the share of variance explained. */
  measures: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,30}$/), Num).default({}),
};
const Linear = z.strictObject({
  ...common,
  /** One number a feature, or one a class. */
  coefficients: z.record(Name, z.union([Num, z.array(Num)])),
  intercept: z.union([Num, z.array(Num)]).default(0),
});
const Tree = z.strictObject({
  ...common,
  nodes: z
    .array(
      z.union([
        z.strictObject({
          feature: Name,
          threshold: Num,
          left: z.number().int(),
          right: z.number().int(),
          samples: z.number().int().min(1),
        }),
        z.strictObject({ value: z.union([Num, z.array(Num)]), samples: z.number().int().min(1) }),
      ]),
    )
    .min(1)
    .max(NODES_MAX),
});
const Centres = z.strictObject({
  ...common,
  centres: z
    .array(z.strictObject({ size: z.number().int().min(1), values: z.record(Name, Num) }))
    .min(1)
    .max(CENTRES_MAX),
});

export type ModelDocument = z.output<typeof Linear> | z.output<typeof Tree> | z.output<typeof Centres>;

export interface ReadModel {
  readonly document: ModelDocument;
  /** Every number of it under its name: the table that an output is. */
  readonly numbers: readonly (readonly Cell[])[];
}

/**
 * Reads a model as its card announces it, every number rounded.
 * @throws Unfit `model` for another feature, class or field, `type` for what is no number
 */
export function modelOf(card: ModelCard, given: unknown, round: (n: unknown) => number | null): ReadModel {
  const parsed = { linear: Linear, tree: Tree, centres: Centres }[card.family].safeParse(given);
  if (!parsed.success) throw new Unfit('model');
  const document = rounded(parsed.data, round) as ModelDocument;
  if (Object.keys(document.measures).length > MEASURES_MAX) throw new Unfit('model');
  if (!fits(card, document)) throw new Unfit('model');
  return { document, numbers: numbersOf(document) };
}

/** Numbers that were learnt: what the degrees of freedom are reckoned with. */
export function parametersOf(document: ModelDocument): number {
  if ('coefficients' in document)
    return Object.values(document.coefficients).flat().length + [document.intercept].flat().length;
  if ('nodes' in document)
    return document.nodes.reduce((n, node) => n + ('value' in node ? [node.value].flat().length : 1), 0);
  return document.centres.reduce((n, c) => n + Object.keys(c.values).length, 0);
}

/** The smallest group of rows that a number of it stands for; null where all rows stand behind each. */
export function smallestGroup(document: ModelDocument): number | null {
  if ('nodes' in document) return Math.min(...document.nodes.map((n) => n.samples));
  if ('centres' in document) return Math.min(...document.centres.map((c) => c.size));
  return null;
}

function fits({ features, classes }: ModelCard, document: ModelDocument): boolean {
  const known = new Set(features);
  const width = Math.max(1, classes?.length ?? 1);
  const one = (v: number | number[]) => !Array.isArray(v) || (v.length <= width && v.length > 0);
  if ('coefficients' in document)
    return (
      Object.entries(document.coefficients).every(([name, v]) => known.has(name) && one(v)) && one(document.intercept)
    );
  if ('centres' in document) return document.centres.every((c) => Object.keys(c.values).every((n) => known.has(n)));
  return document.nodes.every((n, i) =>
    'value' in n
      ? one(n.value)
      : known.has(n.feature) && [n.left, n.right].every((to) => to > i && to < document.nodes.length),
  );
}

function rounded(value: unknown, round: (n: unknown) => number | null): unknown {
  if (typeof value === 'number') return round(value);
  if (Array.isArray(value)) return value.map((v) => rounded(v, round));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rounded(v, round)]));
}

function numbersOf(value: unknown, path = ''): (readonly Cell[])[] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value === 'string') return [[`${path} = ${value}`, null]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([k, v]) => numbersOf(v, path === '' ? k : `${path}.${k}`));
}
