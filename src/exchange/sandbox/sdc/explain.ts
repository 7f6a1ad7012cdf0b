import { type Text, text } from '../../../kernel/text.ts';
import type { SuppressionClass } from '../cells.ts';

export interface Explanation {
  readonly title: Text;
  readonly words: Text;
  /** Articles behind it, house rules first. */
  readonly articles: readonly string[];
}

/** What is said of a cell that is not told: by class alone, in the same words whatever the data. */
export const SUPPRESSIONS: Readonly<Record<SuppressionClass, Explanation>> = {
  protected: {
    title: text('受保护', 'Protected'),
    words: text(
      '这一格涉及的主体太少，或者少数主体占了大部分，或者会说出某一群体的全体情况，因此不告知。可以改用更粗的分组，或者放宽筛选条件。',
      'Too few are in this cell, or one or two make up most of it, or it would say something of everybody in a group. Group more coarsely, or filter less.',
    ),
    articles: ['HS-22.3', 'HS-22.20', 'HS-22.21', 'HS-22.22'],
  },
  complementary: {
    title: text('连带隐去', 'Hidden along with another'),
    words: text(
      '这一格本身可以告知，但与合计相减会得出另一格受保护的内容，因此一并隐去。可以改用更粗的分组。',
      'This cell could be told, but with the totals it would give away another one that is protected. Group more coarsely.',
    ),
    articles: ['HS-22.24', 'HS-22.25', 'HS-22.26', 'HS-22.45'],
  },
  history: {
    title: text('与此前答案过近，或额度已满', 'Too close to earlier answers, or past the allowance'),
    words: text(
      '这一格与本单位此前得到的答案联立，会说出太少主体的情况，或者使某一个人的数值较易被推测，或者已超出可得的单元格数量，因此不告知。可以沿用此前的分组和筛选条件，相同的查询随时可以再次得到答案。',
      'Together with what your party was told before, this cell would speak of too few, or let one person be guessed too well, or the number of cells you may be told is reached. Keep to earlier groups and filters: the same question is answered again at any time.',
    ),
    articles: ['HS-22.30', 'HS-22.31', 'HS-22.32', 'HS-22.33', 'HS-22.34', 'HS-22.43'],
  },
};

/** What is said beside every answer of a table whose keys are data. */
export const LEFT_OUT: Explanation = {
  title: text('可能有未列出的组', 'There may be groups not listed'),
  words: text(
    '主体太少的组不列出，是否有、有多少，都不告知。',
    'Groups of too few are not listed; whether there are any, and how many, is not told.',
  ),
  articles: ['HS-22.23'],
};

/** What is said beside every answer with noise. */
export const WITH_NOISE: Explanation = {
  title: text('答案含噪声', 'Answers carry noise'),
  words: text(
    '为保护个人，每个数字都加上了一次性抽取的随机噪声，相同的查询得到相同的数字。任何一个人在不在数据里，对全部答案出现的可能性的影响不超过 e 的 ε 次方倍；组别不在公开代码表内的查询，另有不超过百万分之一的例外。ε 是本单位历次查询的合计，以授权的总预算为限。',
    'To protect each person, random noise, drawn once, is added to every number; the same question gets the same numbers. Whether any one person is in the data changes the chance of all answers together at most by the factor e to the ε, but for one chance in a million in each query whose groups are no public list. ε is the sum over all queries of your party and never passes the total of the grant.',
  ),
  articles: ['HS-22.4', 'HS-22.40', 'HS-22.41', 'HS-22.42'],
};
