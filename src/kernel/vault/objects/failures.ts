import type { Text } from '../../text.ts';

export type VaultFailureKind = 'full' | 'damaged' | 'missing' | 'erased';

/** Why the vault cannot keep or give an object; the text is fit to be shown. */
export class VaultFailure extends Error {
  override name = 'VaultFailure';
  readonly kind: VaultFailureKind;
  readonly text: Text;
  constructor(kind: VaultFailureKind, text: Text, detail = '') {
    super(`${text.en}${detail ? ` (${detail})` : ''}`);
    this.kind = kind;
    this.text = text;
  }
}

export const vaultFailures = {
  full: () =>
    new VaultFailure('full', {
      zh: '存储空间不足，未保存任何数据。请联系管理员。',
      en: 'The storage is full; nothing was kept. Ask the operator.',
    }),
  damaged: (objectId: string) =>
    new VaultFailure(
      'damaged',
      {
        zh: '存储的文件未通过完整性校验，已停止读取。请联系管理员从备份恢复。',
        en: 'The stored file failed its integrity check and is not given out. Ask the operator to restore it.',
      },
      objectId,
    ),
  missing: (objectId: string) =>
    new VaultFailure(
      'missing',
      {
        zh: '存储中没有该文件。请联系管理员从备份恢复。',
        en: 'The stored file is not there. Ask the operator to restore it.',
      },
      objectId,
    ),
  erased: (objectId: string) =>
    new VaultFailure(
      'erased',
      {
        zh: '该文件的密钥已销毁，内容无法恢复。',
        en: 'The key of this file was destroyed; its content cannot be recovered.',
      },
      objectId,
    ),
};

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether an error says that there is no more room. */
export function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && FULL.has(String(error.code));
}
