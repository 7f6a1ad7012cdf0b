import { refused } from '../../acts/index.ts';
import { vaultFailures } from '../objects/failures.ts';

export const invalid = (field: string, zh: string, en: string) =>
  refused(
    'invalid',
    'HS-1.6',
    { zh: '请求有误', en: 'The request is not right' },
    { zh: `${field} ${zh}。`, en: `${field} ${en}.` },
    { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
  );

export const wrongOffset = (offset: number) =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '续传位置不符', en: 'The offset is not right' },
    { zh: `服务器已收到 ${offset} 字节。`, en: `The server has ${offset} bytes.` },
    { zh: '请先查询进度，再从该位置续传。', en: 'Ask for the offset and resume there.' },
  );

export const inUse = () =>
  refused(
    'conflict',
    'HS-1.5',
    { zh: '该上传正在进行', en: 'This upload is in use' },
    { zh: '另一个请求正在写入该上传。', en: 'Another request is writing to it.' },
    { zh: '请稍候再续传。', en: 'Wait a moment and resume.' },
  );

export const taken = () =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '该上传已用于生成数据集', en: 'A dataset is being made from this upload' },
    { zh: '文件正在处理，不能取消。', en: 'The file is being read and cannot be cancelled.' },
    { zh: '处理完成后文件会自动清除。', en: 'It is removed when the work is done.' },
  );

export const cutOff = (offset: number) =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '连接中断', en: 'The connection broke' },
    { zh: `已保存 ${offset} 字节。`, en: `${offset} bytes were kept.` },
    { zh: '请从该位置续传。', en: 'Resume from there.' },
  );

export const noRoom = () => {
  const { text } = vaultFailures.full();
  return refused('too-large', 'HS-3.6', { zh: '存储空间不足', en: 'The storage is full' }, text, {
    zh: '请稍后续传，或联系管理员。',
    en: 'Resume later, or ask the operator.',
  });
};

export const joinedOnly = () =>
  refused(
    'forbidden',
    'HS-20.13',
    { zh: '该上传由分片合并而成', en: 'This upload is joined from parts' },
    { zh: '其内容来自分片，不能直接写入。', en: 'Its content comes from its parts and is not written to.' },
    { zh: '请向分片续传。', en: 'Send to the parts.' },
  );
