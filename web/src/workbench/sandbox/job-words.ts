import type { JobState, OutputDeclaration } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    'state:queued': '排队中',
    'state:running': '运行中',
    'state:checking': '检查中',
    'state:review': '待审查',
    'state:released': '已放行',
    'state:rejected': '不予放行',
    'state:failed': '运行失败',
    'state:cancelled': '已取消',
    'kind:table': '表',
    'kind:metrics': '指标',
    'kind:chart': '图',
    'kind:model': '模型',
    'why:syntax': '代码有语法错误，没有运行。',
    'why:policy': '超出授权范围，或者次数已用完。',
    'why:resource': '超出时间、内存或磁盘上限。减少数据量，或者分几个作业。',
    'why:data': '程序运行中出错（除数为零、类型不符等）。错误原文可能含有数据，只给数据持有单位。',
    'why:cancelled': '作业被取消，什么也没有留下。',
    'why:unavailable': '沙箱运行环境当时不可用，请稍后再提交。',
    'why:internal': '系统故障，没有用掉成果；请稍后再提交。',
    'why:stopped': '运行中授权被收回、暂停或者到期，作业随即停止。',
    'why:missing':
      '没有结果文件，或者不止一份：表和图写 /out/result.csv 或 result.json，指标和模型写 /out/result.json；也可用 shuheng.result(x)。',
    'why:size': '结果文件过大。',
    'why:form': '结果文件的格式读不出来。',
    'why:columns': '结果的字段与声明不符。',
    'why:rows': '结果的行数超过声明。',
    'why:type': '有取值与声明的类型不符。',
    'why:domain': '有文字不在声明的取值范围内。',
    'why:model': '模型文件与模型卡不符。',
    'why:checks': '自动检查发现会暴露个体的内容，不予放行，成果已经删除。下面各项检查说明是哪一类。',
    'check:least-count': '最小计数',
    'check:group-size': '分组大小',
    'check:copied-rows': '照抄记录',
    'check:copied-values': '照抄取值',
    'check:population': '行数与主体',
    'check:freedom': '自由度',
    'check:capacity': '数的总量',
    'check:differences': '与以前成果的差',
    'result:pass': '通过',
    'result:review': '请核对',
    'result:fail': '不通过',
    unknown: '没有给出原因。',
  },
  {
    'state:queued': 'queued',
    'state:running': 'running',
    'state:checking': 'being checked',
    'state:review': 'in review',
    'state:released': 'released',
    'state:rejected': 'not released',
    'state:failed': 'failed',
    'state:cancelled': 'cancelled',
    'kind:table': 'table',
    'kind:metrics': 'metrics',
    'kind:chart': 'chart',
    'kind:model': 'model',
    'why:syntax': 'The code has an error of syntax and did not run.',
    'why:policy': 'It goes beyond the grant, or the uses are spent.',
    'why:resource': 'It took more time, memory or disk than a job may. Use less data, or several jobs.',
    'why:data':
      'The program stopped with an error (a division by zero, a wrong type …). Its text may hold data and goes to the holder alone.',
    'why:cancelled': 'The job was cancelled; nothing of it was kept.',
    'why:unavailable': 'The sandbox could not run just then. Submit it again later.',
    'why:internal': 'A fault of the system; nothing came out. Submit it again later.',
    'why:stopped': 'A grant was revoked, suspended or over while it ran, which stopped it at once.',
    'why:missing':
      'There is no result file, or more than one: /out/result.csv or result.json for a table or chart, /out/result.json for metrics or a model; shuheng.result(x) writes it.',
    'why:size': 'The result file is too large.',
    'why:form': 'The result file cannot be read.',
    'why:columns': 'The columns are not the declared ones.',
    'why:rows': 'There are more rows than declared.',
    'why:type': 'A value is not of the declared type.',
    'why:domain': 'A word is not in the declared domain.',
    'why:model': 'The model does not fit its card.',
    'why:checks':
      'The automatic checks found what would tell of someone: it was not released and the output is removed. The checks below say of which kind.',
    'check:least-count': 'Least count',
    'check:group-size': 'Size of groups',
    'check:copied-rows': 'Copied records',
    'check:copied-values': 'Copied values',
    'check:population': 'Rows and entities',
    'check:freedom': 'Degrees of freedom',
    'check:capacity': 'How many numbers',
    'check:differences': 'Differences to earlier outputs',
    'result:pass': 'pass',
    'result:review': 'look',
    'result:fail': 'fail',
    unknown: 'No reason is given.',
  },
);

export const JOB_STATES: readonly JobState[] = [
  'queued',
  'running',
  'checking',
  'review',
  'released',
  'rejected',
  'failed',
  'cancelled',
];

/** What the code words of a job say; a word that is not known shows as it is. */
export function useJobWords() {
  const t: Readonly<Record<string, string>> = useWords(WORDS);
  return {
    state: (state: string): string => t[`state:${state}`] ?? state,
    kind: (kind: OutputDeclaration['kind']): string => t[`kind:${kind}`] ?? kind,
    why: (failure: string | null): string => t[`why:${failure}`] ?? t.unknown ?? '',
    check: (check: string): string => t[`check:${check}`] ?? check,
    result: (result: 'pass' | 'review' | 'fail'): string => t[`result:${result}`] ?? result,
  };
}

export const jobLook = (state: string): string =>
  state === 'released'
    ? 'good'
    : state === 'rejected' || state === 'failed'
      ? 'bad'
      : state === 'cancelled'
        ? ''
        : 'wait';

export const checkLook = (result: 'pass' | 'review' | 'fail'): string =>
  result === 'pass' ? 'good' : result === 'review' ? 'wait' : 'bad';

export const jobGoesOn = (state: JobState): boolean => ['queued', 'running', 'checking'].includes(state);
