import type { Act, Read } from '../../acts/index.ts';
import type { Task } from '../../jobs.ts';
import { recordAnchor } from './act.ts';
import { anchorReads } from './reads.ts';

export const acts: readonly Act[] = [recordAnchor];
export const reads: readonly Read[] = anchorReads;
export const tasks: readonly Task[] = [];

export { type Anchoring, type AnchoringOptions, anchorTrouble, startAnchoring } from './anchoring.ts';
export { anchorKey } from './key.ts';
export { type AnchorStatus, anchorFile, anchorStatus } from './reads.ts';
