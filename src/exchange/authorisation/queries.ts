import type { Read } from '../../kernel/acts/index.ts';
import { agreementReads } from './reads-agreements.ts';
import { announcementReads } from './reads-announcements.ts';
import { applicationReads } from './reads-applications.ts';
import { dutyReads } from './reads-duties.ts';
import { governanceReads } from './reads-governance.ts';
import { rightReads } from './reads-rights.ts';
import { scenarioReads } from './reads-scenarios.ts';
import { workLogReads } from './work-log.ts';

export const reads: readonly Read[] = [
  ...announcementReads,
  ...applicationReads,
  ...agreementReads,
  ...scenarioReads,
  ...governanceReads,
  ...rightReads,
  ...dutyReads,
  ...workLogReads,
];
