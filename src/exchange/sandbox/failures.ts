import { type Refused, refused } from '../../kernel/acts/index.ts';
import { IsolatedFailure, type IsolatedFailureKind } from '../../kernel/isolation/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { VaultFailure } from '../../kernel/vault/index.ts';

const SAID: Readonly<Record<IsolatedFailureKind, readonly [fact: Text, remedy: Text]>> = {
  syntax: [
    text('语法有误，或者不是一条 SELECT 语句。', 'The text has a syntax error, or is not one SELECT.'),
    text('请检查语法。', 'Check its syntax.'),
  ],
  policy: [
    text('查询超出了沙箱允许的范围。', 'The query asks for what the sandbox does not allow.'),
    text('请按允许的写法改写。', 'Write it as allowed.'),
  ],
  resource: [
    text('查询超出了时间或者内存上限。', 'The query took more time or memory than it may.'),
    text(
      '请用条件缩小范围、减少分组，或者分开查询关联的表，然后再试。',
      'Narrow it by a condition, group by fewer columns, or ask joined tables one by one.',
    ),
  ],
  data: [
    text('查询未能在数据上完成。', 'The query could not be finished on the data.'),
    text('请改写后再试。', 'Write it another way.'),
  ],
  cancelled: [text('查询已取消。', 'The query was cancelled.'), text('请再试一次。', 'Try again.')],
  unavailable: [
    text('本服务器没有可用的隔离环境，沙箱停用。', 'This server has no isolation to run in, so the sandbox is off.'),
    text(
      '请平台运营方按“沙箱可用情况”所列原因处理。',
      'The operator of the platform sees the reason under availability of the sandbox.',
    ),
  ],
  internal: [
    text('沙箱未能完成查询。', 'The sandbox could not finish the query.'),
    text('请稍后再试；仍有问题的，请联系平台运营方。', 'Try again later, or tell the operator of the platform.'),
  ],
};

/** One class of words for each kind of failure, whatever the data: the engine's own words can hold values (HS-21.13). */
export function refusalOf(error: unknown): Refused {
  const title = text('沙箱未能给出结果', 'The sandbox gave no answer');
  // The data may be gone from the vault while a grant still names them.
  if (error instanceof VaultFailure)
    return refused(
      'state',
      'HS-21.13',
      title,
      error.text,
      text('请联系数据持有方重新提供数据。', 'Ask the holder of the data to provide them again.'),
    );
  if (!(error instanceof IsolatedFailure)) throw error;
  return refused('state', 'HS-21.13', title, ...SAID[error.kind]);
}
