import { paper } from './papers.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;
const TERM_DAYS = 180;

/** What the weather department lists before it has gathered the data: titles of real kinds of observation, no data. */
const DIRECTORY = [
  '目录编号,名称,简介,行业,数据类别,数据级别,含个人信息,开放属性,开放条件,更新频率,覆盖地区,数据项',
  ...[
    [
      'QX-01',
      '空气质量逐小时监测',
      '国控站点六项污染物逐小时浓度',
      '每小时',
      'station:站点;hour:时刻;pm25:细颗粒物浓度',
    ],
    [
      'QX-02',
      '雷电监测',
      '地闪定位的时刻、位置和强度',
      '每日',
      'struck_at:时刻;longitude:经度;latitude:纬度;current:强度',
    ],
    [
      'QX-03',
      '预警信号发布记录',
      '气象灾害预警信号的种类、级别和起止时刻',
      '每日',
      'kind:种类;level:级别;from_at:起;to_at:止',
    ],
  ].map(([number, title, summary, often, columns]) =>
    [
      number,
      title,
      summary,
      '气象服务',
      '气象观测',
      '一般',
      '否',
      '有条件开放',
      '限于公共治理和民生服务',
      often,
      '示例市',
      columns,
    ].join(','),
  ),
].join('\n');

/** A directory read from a file and not yet taken over; and somebody who asks for data that are open under conditions. */
export async function leaveDirectoryOpen(stage: Stage, resources: ReadonlyMap<string, string>): Promise<void> {
  const weather = await stage.actor('weather');
  const fileId = await paper(stage, weather, 'weather-directory', '气象数据目录.csv', `${DIRECTORY}\n`);
  await stage.run('directory:weather', 'directory.import-file', weather, { fileId, defaults: { office: '信息中心' } });
  await stage.run('opening:retailer', 'opening.apply', await stage.actor('retailer'), {
    resourceId: resources.get('weather-daily'),
    purpose: '分析天气与门店客流的关系',
    statement: '只用于本集团门店排班，不转让原始数据（示例）。',
    until: new Date(stage.startedAt.getTime() + TERM_DAYS * DAY_MS).toISOString().slice(0, 10),
  });
}
