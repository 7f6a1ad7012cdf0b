import { z } from 'zod';

/** What the finder looks for. A kind says what a value is, not whose it is: a person decides what follows. */
export const KINDS = [
  'identity-number',
  'passport',
  'bank-card',
  'mobile',
  'email',
  'name',
  'address',
  'plate',
  'ip',
  'coordinates',
] as const;
export type Kind = (typeof KINDS)[number];

/**
 * `certain`: the values carry their own proof (check digits, a form nothing else has) · `likely`: form, share and name of
 * the column speak for it · `masked`: the name of the column says so, and its values are masked or hashed.
 */
export const STRENGTHS = ['certain', 'likely', 'masked'] as const;
export type Strength = (typeof STRENGTHS)[number];

export const FindingSchema = z.object({
  column: z.string(),
  kind: z.enum(KINDS).meta({ title: '个人信息种类', 'x-title-en': 'Kind of personal information' }),
  strength: z.enum(STRENGTHS).meta({ title: '把握程度', 'x-title-en': 'How sure' }),
  /** Rows with a value. */
  values: z.number().int(),
  /** Rows whose value is or holds one. */
  matches: z.number().int(),
  /** False when so many different values look right that only some of them were checked in full. */
  exact: z.boolean(),
  /** They stand inside longer texts. */
  within: z.boolean(),
  /** A few of them, masked in the process that read the file: no raw value leaves it. */
  samples: z.array(z.string()).max(3),
});
export type Finding = z.infer<typeof FindingSchema>;
