import { idOf } from '../../ids.ts';
import type { FileState } from '../tables.ts';

export const FileId = idOf('fil', { zh: '文件编号', en: 'File id' });
export const FILE_TASK = 'file.keep';

/** Papers are for reading: what people write, print, scan and sign, and what machines exchange about them. */
export const FILE_ENDINGS = [
  'pdf',
  'ofd',
  'png',
  'jpg',
  'jpeg',
  'txt',
  'md',
  'json',
  'xml',
  'docx',
  'xlsx',
  'csv',
  'zip',
] as const;

/** A paper of a party, as other rooms see it. */
export interface VaultFile {
  readonly id: string;
  readonly partyId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly state: FileState;
  readonly objectId: string | null;
  readonly bytes: number | null;
  /** SHA-256 of the content, hex; once kept. */
  readonly sha256: string | null;
  readonly createdAt: Date;
  readonly retainUntil: Date | null;
}
