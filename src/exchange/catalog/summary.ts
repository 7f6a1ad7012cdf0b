import { z } from 'zod';
import type { Actor } from '../../kernel/acts/index.ts';
import { type Entry, ResourceId } from './model.ts';

export const Holder = z.object({ id: z.string(), name: z.string() });

/** Whether data stand in the zone, and whether they are as new as their plan says. */
export const DATA_STATES = ['listed', 'current', 'overdue'] as const;
export type DataState = (typeof DATA_STATES)[number];

/** An entry of the catalogue as lists show it. */
export const EntrySummary = z.object({
  id: ResourceId,
  title: z.string(),
  summary: z.string(),
  state: z.string(),
  holder: Holder,
  sector: z.string(),
  classification: z.object({ class: z.string(), grade: z.string() }),
  opening: z.string().nullable(),
  publicData: z.boolean(),
  containsPersonalInformation: z.boolean(),
  updateFrequency: z.string(),
  coverage: z.object({ region: z.string(), from: z.string().nullable(), to: z.string().nullable() }),
  rows: z.number(),
  bytes: z.number(),
  columnCount: z.number(),
  registeredAt: z.iso.datetime(),
  number: z.string().nullable(),
  office: z.string().nullable(),
  zone: z.string().nullable(),
  data: z.enum(DATA_STATES),
  dataAt: z.iso.datetime().nullable(),
  updateDueAt: z.iso.datetime().nullable(),
  /** The description has all that the standard of the directory asks for (HS-18.4). */
  complete: z.boolean(),
});

export function dataStateOf(r: Pick<Entry, 'state' | 'object_id' | 'update_due_at'>, at: Date): DataState {
  if (r.object_id === null) return 'listed';
  return r.update_due_at !== null && r.update_due_at < at ? 'overdue' : 'current';
}

export const summaryOf = (r: Entry, holderName: string, at: Date): z.input<typeof EntrySummary> => ({
  id: r.id,
  title: r.title,
  summary: r.summary,
  state: r.state,
  holder: { id: r.holder_id, name: holderName },
  sector: r.sector,
  classification: { class: r.class, grade: r.grade },
  opening: r.opening,
  publicData: r.public_data,
  containsPersonalInformation: r.contains_personal_information,
  updateFrequency: r.update_frequency,
  coverage: { region: r.region, from: r.covers_from, to: r.covers_to },
  rows: r.rows,
  bytes: r.bytes,
  columnCount: r.columns.length,
  registeredAt: r.registered_at.toISOString(),
  number: r.number,
  office: r.office,
  zone: r.zone,
  data: dataStateOf(r, at),
  dataAt: r.data_at?.toISOString() ?? null,
  updateDueAt: r.update_due_at?.toISOString() ?? null,
  complete: r.missing.length === 0,
});

/** Who supervises sees what was withdrawn, and who answers for what. */
export const supervises = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');
