import { dated, ok, rule, violated } from '../rulebook/index.ts';
import { FILE_ENDINGS } from './files/model.ts';

const FROM = '2020-01-01';
const GIB = 1024 ** 3;

/** The numbers of the house for uploads and tables; what one upload may hold is the operator's setting. */
export const HOUSE_LIMITS = {
  uploadsMax: dated({ from: FROM, value: 20, unit: 'upload', reference: 'HS-3.2' }),
  stagedBytesMax: dated({ from: FROM, value: 16 * GIB, unit: 'byte', reference: 'HS-3.2' }),
  fileBytesMax: dated({ from: FROM, value: 100 * 1024 ** 2, unit: 'byte', reference: 'HS-3.7' }),
  uploadHours: dated({ from: FROM, value: 24, unit: 'hour', reference: 'HS-3.3' }),
  storedBytesMax: dated({ from: FROM, value: 256 * GIB, unit: 'byte', reference: 'HS-20.12' }),
  storedObjectsMax: dated({ from: FROM, value: 20_000, unit: 'object', reference: 'HS-20.12' }),
  filesMax: dated({ from: FROM, value: 200, unit: 'file', reference: 'HS-20.17' }),
  columnsMax: dated({ from: FROM, value: 2_000, unit: 'column', reference: 'HS-3.5' }),
};

/** 一个单位同时保留的上传有数量和总大小上限: so that nobody fills the disk of all. */
export const withinQuota = rule({
  id: 'HS-3.2',
  title: { zh: '上传配额', en: 'Quota of uploads' },
  params: { uploadsMax: HOUSE_LIMITS.uploadsMax, stagedBytesMax: HOUSE_LIMITS.stagedBytesMax },
  decide: ({ uploads, stagedBytes }: { uploads: number; stagedBytes: number }, { uploadsMax, stagedBytesMax }) =>
    uploads > uploadsMax || stagedBytes > stagedBytesMax
      ? violated(
          {
            zh: `本单位未完成处理的上传将达 ${uploads} 个、${stagedBytes.toLocaleString('en-US')} 字节，上限为 ${uploadsMax} 个、${stagedBytesMax.toLocaleString('en-US')} 字节。`,
            en: `Your party would have ${uploads} uploads of ${stagedBytes.toLocaleString('en-US')} bytes waiting; at most ${uploadsMax} of ${stagedBytesMax.toLocaleString('en-US')} bytes.`,
          },
          { zh: '请先处理或取消已有的上传。', en: 'Finish or cancel the uploads you have.' },
        )
      : ok(),
  examples: [
    { name: 'at both limits', at: '2026-11-23', facts: { uploads: 20, stagedBytes: 16 * GIB }, expect: 'ok' },
    { name: 'one upload more', at: '2026-11-23', facts: { uploads: 21, stagedBytes: 0 }, expect: 'violated' },
    { name: 'one byte more', at: '2026-11-23', facts: { uploads: 1, stagedBytes: 16 * GIB + 1 }, expect: 'violated' },
  ],
});

/** 存储配额: what a party keeps in the vault, with what is on its way. */
export const withinStorage = rule({
  id: 'HS-20.12',
  title: { zh: '存储配额', en: 'Quota of storage' },
  decide: ({
    storedBytes,
    storedObjects,
    bytesMax,
    objectsMax,
  }: {
    storedBytes: number;
    storedObjects: number;
    bytesMax: number;
    objectsMax: number;
  }) =>
    storedBytes > bytesMax || storedObjects > objectsMax
      ? violated(
          {
            zh: `本单位保管的数据将达 ${storedBytes.toLocaleString('en-US')} 字节、${storedObjects} 个对象，配额为 ${bytesMax.toLocaleString('en-US')} 字节、${objectsMax} 个对象。`,
            en: `Your party would keep ${storedBytes.toLocaleString('en-US')} bytes in ${storedObjects} objects; its quota is ${bytesMax.toLocaleString('en-US')} bytes and ${objectsMax} objects.`,
          },
          {
            zh: '请在“数据金库”中销毁不再需要的数据，或者向交易所申请调整配额。',
            en: 'Erase what is no longer needed on the vault page, or ask the exchange for a larger quota.',
          },
        )
      : ok(),
  examples: [
    {
      name: 'at both limits',
      at: '2026-11-26',
      facts: { storedBytes: 10, storedObjects: 2, bytesMax: 10, objectsMax: 2 },
      expect: 'ok',
    },
    {
      name: 'one byte more',
      at: '2026-11-26',
      facts: { storedBytes: 11, storedObjects: 2, bytesMax: 10, objectsMax: 2 },
      expect: 'violated',
    },
    {
      name: 'one object more',
      at: '2026-11-26',
      facts: { storedBytes: 10, storedObjects: 3, bytesMax: 10, objectsMax: 2 },
      expect: 'violated',
    },
  ],
});

export interface UploadFacts {
  readonly upload: {
    /** Every byte has arrived. */
    readonly complete: boolean;
    /** It was made into a dataset before. */
    readonly taken: boolean;
    /** One of several that are yet to be joined. */
    readonly part: boolean;
  };
}

/** 上传完成后方可处理，且只处理一次. */
export const uploadComplete = rule<UploadFacts>({
  id: 'HS-3.4',
  title: { zh: '上传完整且未被处理', en: 'The upload is complete and not yet taken' },
  decide: ({ upload }) => {
    if (upload.part) {
      return violated(
        { zh: '这是文件的一个分片。', en: 'This is a part of a file.' },
        { zh: '请先合并分片，再提交合并后的上传。', en: 'Join the parts, and submit the upload made of them.' },
      );
    }
    if (!upload.complete) {
      return violated(
        { zh: '文件尚未上传完整。', en: 'The upload is not complete.' },
        { zh: '请继续上传，完成后再提交。', en: 'Resume the upload and submit it when it is complete.' },
      );
    }
    return upload.taken
      ? violated(
          { zh: '该上传已经生成数据集。', en: 'A dataset was already made from this upload.' },
          { zh: '请使用已有的数据集，或重新上传。', en: 'Use that dataset, or upload again.' },
        )
      : ok();
  },
  examples: [
    {
      name: 'complete',
      at: '2026-11-23',
      facts: { upload: { complete: true, taken: false, part: false } },
      expect: 'ok',
    },
    {
      name: 'still arriving',
      at: '2026-11-23',
      facts: { upload: { complete: false, taken: false, part: false } },
      expect: 'violated',
    },
    {
      name: 'taken before',
      at: '2026-11-23',
      facts: { upload: { complete: true, taken: true, part: false } },
      expect: 'violated',
    },
    {
      name: 'a part',
      at: '2026-11-23',
      facts: { upload: { complete: true, taken: false, part: true } },
      expect: 'violated',
    },
  ],
});

/** 文件限于常用的文书格式: papers are read by people; large tables are datasets. */
export const paperOnly = rule({
  id: 'HS-3.7',
  title: { zh: '文件的格式与大小', en: 'Form and size of a file' },
  params: {
    bytesMax: HOUSE_LIMITS.fileBytesMax,
    endings: dated<readonly string[]>({ from: FROM, value: FILE_ENDINGS, reference: 'HS-3.7' }),
  },
  decide: ({ bytes, ending }: { bytes: number; ending: string }, { bytesMax, endings }) => {
    const empty = !bytes;
    if (!endings.includes(ending))
      return violated(
        { zh: `不接受“.${ending}”文件。`, en: `Files ending in “.${ending}” are not taken.` },
        { zh: `请使用以下格式之一：${endings.join('、')}。`, en: `Use one of: ${endings.join(', ')}.` },
      );
    return bytes > bytesMax || empty
      ? violated(
          {
            zh: `文件有${bytes.toLocaleString('en-US')}字节，须有内容且不超过${bytesMax.toLocaleString('en-US')}字节。`,
            en: `The file has ${bytes.toLocaleString('en-US')} bytes; it must not be empty, and holds at most ${bytesMax.toLocaleString('en-US')}.`,
          },
          {
            zh: '请压缩或拆分；数据表请作为数据集登记。',
            en: 'Make it smaller or split it; tables are registered as datasets.',
          },
        )
      : ok();
  },
  examples: [
    { name: 'at the limit', at: '2026-11-23', facts: { bytes: 100 * 1024 ** 2, ending: 'pdf' }, expect: 'ok' },
    {
      name: 'one byte more',
      at: '2026-11-23',
      facts: { bytes: 100 * 1024 ** 2 + 1, ending: 'pdf' },
      expect: 'violated',
    },
    { name: 'empty', at: '2026-11-23', facts: { bytes: 0, ending: 'pdf' }, expect: 'violated' },
    { name: 'a program', at: '2026-11-23', facts: { bytes: 10, ending: 'exe' }, expect: 'violated' },
    ...FILE_ENDINGS.map((ending) => ({
      name: `a .${ending}`,
      at: '2026-11-23',
      facts: { bytes: 10, ending },
      expect: 'ok' as const,
    })),
  ],
});
