import { z } from 'zod';

/** What people read stands in both languages, always. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export const TextSchema = z.object({ zh: z.string(), en: z.string() });

/** Shorthand: `text('挂牌', 'List')`. */
export const text = (zh: string, en: string): Text => ({ zh, en });
