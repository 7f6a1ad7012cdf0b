/** What the sample's sellers offer; ids of parties and resources are filled in by the script. */
export interface SampleProduct {
  readonly key: string;
  /** Login of the seller's person. */
  readonly seller: string;
  readonly resource: string;
  /** What the seller says when it applies for the data; null when the data is the seller's own. */
  readonly scenarioOfUse: ScenarioOfUse | null;
  readonly title: string;
  readonly kind: 'dataset' | 'report' | 'query-service';
  readonly summary: string;
  readonly scenario: string;
  readonly groupBy: readonly string[];
  readonly columns: readonly SampleColumn[];
  readonly minimumGroupSize?: number;
  readonly priceFen: number;
  readonly callsPerPackage?: number;
  readonly purposes: readonly string[];
  readonly validDays: number;
  readonly updateFrequency: string;
  readonly commitment: string;
  /** Login of each holder and its basis points. */
  readonly shares: readonly (readonly [login: string, basisPoints: number, reason: string])[];
  /** How far it gets: on the market, assessed and ready to list, waiting for its assessors, or only built. */
  readonly reaches: 'listed' | 'assessed' | 'requested' | 'built';
}

export interface ScenarioOfUse {
  readonly purpose: string;
  readonly feasibility: string;
  readonly value: string;
  /** Rows asked for; all when left out. */
  readonly rowFilter?: readonly { readonly column: string; readonly operator: string; readonly value: string }[];
  /** Builds asked for. */
  readonly usesMax: number;
}

export interface SampleColumn {
  readonly name: string;
  readonly column?: string;
  readonly aggregate?: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'median';
  readonly titleZh: string;
  readonly titleEn: string;
}

const column = (name: string, titleZh: string, titleEn: string): SampleColumn => ({ name, titleZh, titleEn });
const measure = (
  name: string,
  aggregate: NonNullable<SampleColumn['aggregate']>,
  from: string | null,
  titleZh: string,
  titleEn: string,
): SampleColumn => ({ name, aggregate, ...(from === null ? {} : { column: from }), titleZh, titleEn });

const HOURLY_COLUMNS = [
  column('date', '时刻', 'Hour'),
  column('pressure', '气压', 'Pressure'),
  column('temperature', '气温', 'Temperature'),
  column('wind', '风速', 'Wind speed'),
];

export const PRODUCTS: readonly SampleProduct[] = [
  {
    key: 'delays',
    seller: 'operator',
    resource: 'flights',
    scenarioOfUse: {
      purpose: '加工航班延误统计产品，服务保险定价和出行管理',
      feasibility: '延误字段逐班记录，按日和机场汇总即可。',
      value: '降低延误险定价误差，便利旅客出行。',
      usesMax: 24,
    },
    title: '航班延误日度统计',
    kind: 'dataset',
    summary:
      '按日期和出发机场统计航班量、平均延误、延误中位数和最大延误；不含任何单个航班的明细，少于 5 班的组不提供。',
    scenario: '航班延误险定价与准备金测算；机场和航空公司的准点率对标；出行高峰预警。',
    groupBy: ['flight_date', 'origin'],
    columns: [
      column('flight_date', '航班日期', 'Day of the flights'),
      column('origin', '出发机场', 'Airport of departure'),
      measure('flights', 'count', null, '航班量', 'Flights'),
      measure('delay_avg', 'avg', 'delay', '平均延误', 'Average delay'),
      measure('delay_median', 'median', 'delay', '延误中位数', 'Median delay'),
      measure('delay_max', 'max', 'delay', '最大延误', 'Longest delay'),
    ],
    minimumGroupSize: 5,
    priceFen: 12_800_00,
    purposes: ['保险产品定价', '出行规划', '行业研究'],
    validDays: 365,
    updateFrequency: '每月',
    commitment: '每月 10 日前提供上月数据，停更提前 30 日通知。',
    shares: [
      ['transport', 3_000, '公共数据资源提供'],
      ['operator', 7_000, '产品加工与运营'],
    ],
    reaches: 'listed',
  },
  {
    key: 'hourly',
    seller: 'operator',
    resource: 'weather-hourly',
    scenarioOfUse: {
      purpose: '提供逐小时气象基准查询服务',
      feasibility: '基准值逐小时完整，可直接查询。',
      value: '减少户外作业和冷链运输的气象损失。',
      usesMax: 12,
    },
    title: '逐小时气象基准查询',
    kind: 'query-service',
    summary: '按时刻或数值条件查询逐小时气压、气温和风速基准值，按次计量。',
    scenario: '户外作业排班、冷链运输温控、新能源出力预测时核对当时的气候基准。',
    groupBy: [],
    columns: HOURLY_COLUMNS,
    priceFen: 199_00,
    callsPerPackage: 200,
    purposes: ['运营排班', '销售预测', '行业研究'],
    validDays: 180,
    updateFrequency: '每年',
    commitment: '服务可用率不低于 99.5%，每年 1 月更新基准值。',
    shares: [
      ['weather', 2_500, '公共数据资源提供'],
      ['operator', 7_500, '接口开发与运营'],
    ],
    reaches: 'listed',
  },
  {
    key: 'electronics',
    seller: 'merchant',
    resource: 'electronics',
    scenarioOfUse: {
      purpose: '编制电子信息制造业景气数据',
      feasibility: '指标口径一致，逐月可比。',
      value: '帮助中小企业判断行业走势。',
      usesMax: 24,
    },
    title: '电子信息制造业景气数据',
    kind: 'report',
    summary: '2023 年上半年电子信息制造业与工业的增加值、出口、效益和投资累计增速序列，逐项标明数字来源。',
    scenario: '行业研究、信贷投放和供应链备货时判断电子信息制造业的走势。',
    groupBy: [],
    columns: [
      column('chart', '图号', 'Chart'),
      column('indicator', '指标', 'Indicator'),
      column('indicator_en', '指标（英文）', 'Indicator in English'),
      column('period_end', '截至月份', 'Last month of the period'),
      column('growth', '累计同比增速', 'Growth, year to date'),
      column('status', '数字来源', 'Standing of the figure'),
    ],
    priceFen: 3_600_00,
    purposes: ['行业研究', '销售预测', '信贷风险管理'],
    validDays: 365,
    updateFrequency: '每月',
    commitment: '每月统计发布后 3 个工作日内更新。',
    shares: [
      ['statistics', 4_000, '公共数据资源提供'],
      ['merchant', 6_000, '整理、校核与发布'],
    ],
    reaches: 'listed',
  },
  {
    key: 'divisions',
    seller: 'merchant',
    resource: 'divisions',
    scenarioOfUse: null,
    title: '行政区划参考表',
    kind: 'dataset',
    summary: '省、市、县三级行政区划代码与名称对照表。',
    scenario: '地址标准化、门店归属和统计口径对齐。',
    groupBy: [],
    columns: [
      column('county_code', '县级代码', 'County code'),
      column('county', '县级名称', 'County'),
      column('city_code', '市级代码', 'City code'),
      column('city', '市级名称', 'City'),
      column('province_code', '省级代码', 'Province code'),
      column('province', '省级名称', 'Province'),
    ],
    priceFen: 9_90,
    purposes: ['地址标准化', '运营排班', '行业研究'],
    validDays: 730,
    updateFrequency: '每年',
    commitment: '区划调整公布后 10 个工作日内更新。',
    shares: [['merchant', 10_000, '采集、整理与发布']],
    reaches: 'listed',
  },
  {
    key: 'daily',
    seller: 'operator',
    resource: 'weather-daily',
    scenarioOfUse: {
      purpose: '加工逐日气象数据产品',
      feasibility: '观测逐日完整，四年可比。',
      value: '支持零售备货和农险定损。',
      rowFilter: [{ column: 'date', operator: '>=', value: '2012-01-01' }],
      usesMax: 36,
    },
    title: '逐日气象数据集',
    kind: 'dataset',
    summary: '逐日降水、最高最低气温、风速和天气现象，共四年。',
    scenario: '零售客流与销量预测、农产品保险定损和户外活动安排。',
    groupBy: [],
    columns: [
      column('date', '日期', 'Day'),
      column('precipitation', '降水量', 'Precipitation'),
      column('temp_max', '最高气温', 'Highest temperature'),
      column('temp_min', '最低气温', 'Lowest temperature'),
      column('wind', '风速', 'Wind speed'),
      column('weather', '天气现象', 'Weather'),
    ],
    priceFen: 880_01,
    purposes: ['销售预测', '保险产品定价', '行业研究'],
    validDays: 365,
    updateFrequency: '每日',
    commitment: '每日 9 时前更新前一日数据。',
    shares: [
      ['weather', 3_333, '公共数据资源提供'],
      ['operator', 6_667, '产品加工与运营'],
    ],
    reaches: 'listed',
  },
  {
    key: 'routes',
    seller: 'operator',
    resource: 'flights',
    scenarioOfUse: {
      purpose: '加工航线统计产品',
      feasibility: '起降机场和航程逐班记录，按航线汇总即可。',
      value: '支持航线网络和货运时效分析。',
      usesMax: 24,
    },
    title: '航线运行统计',
    kind: 'dataset',
    summary: '按起降机场统计航班量、航程和平均延误，少于 10 班的航线不提供。',
    scenario: '航线网络分析和货运时效评估。',
    groupBy: ['origin', 'destination'],
    columns: [
      column('origin', '出发机场', 'Airport of departure'),
      column('destination', '到达机场', 'Airport of arrival'),
      measure('flights', 'count', null, '航班量', 'Flights'),
      measure('distance', 'max', 'distance', '航程', 'Distance'),
      measure('delay_avg', 'avg', 'delay', '平均延误', 'Average delay'),
    ],
    minimumGroupSize: 10,
    priceFen: 4_500_00,
    purposes: ['行业研究', '出行规划'],
    validDays: 365,
    updateFrequency: '每月',
    commitment: '每月 10 日前提供上月数据。',
    shares: [
      ['transport', 3_000, '公共数据资源提供'],
      ['operator', 7_000, '产品加工与运营'],
    ],
    reaches: 'assessed',
  },
  {
    key: 'monthly-rain',
    seller: 'operator',
    resource: 'weather-daily',
    scenarioOfUse: {
      purpose: '加工天气现象统计产品',
      feasibility: '天气现象逐日标注，按类汇总即可。',
      value: '支持保险产品设计和活动安排。',
      usesMax: 12,
    },
    title: '天气现象统计',
    kind: 'report',
    summary: '按天气现象统计天数、平均降水和平均最高气温。',
    scenario: '保险产品设计和活动安排时估计各类天气的频度。',
    groupBy: ['weather'],
    columns: [
      column('weather', '天气现象', 'Weather'),
      measure('days', 'count', null, '天数', 'Days'),
      measure('precipitation_avg', 'avg', 'precipitation', '平均降水量', 'Average precipitation'),
      measure('temp_max_avg', 'avg', 'temp_max', '平均最高气温', 'Average highest temperature'),
    ],
    priceFen: 260_00,
    purposes: ['保险产品定价', '行业研究'],
    validDays: 365,
    updateFrequency: '每年',
    commitment: '每年 1 月更新。',
    shares: [
      ['weather', 3_000, '公共数据资源提供'],
      ['operator', 7_000, '产品加工与运营'],
    ],
    reaches: 'requested',
  },
  {
    key: 'airports',
    seller: 'transport',
    resource: 'airports',
    scenarioOfUse: null,
    title: '机场名录参考表',
    kind: 'dataset',
    summary: '机场代码、名称、所在城市和经纬度。',
    scenario: '为航班、物流和出行数据补充机场名称与位置。',
    groupBy: [],
    columns: [
      column('iata', '机场代码', 'Airport code'),
      column('name', '机场名称', 'Name of the airport'),
      column('city', '城市', 'City'),
      column('state', '州', 'State'),
      column('latitude', '纬度', 'Latitude'),
      column('longitude', '经度', 'Longitude'),
    ],
    priceFen: 19_90,
    purposes: ['地址标准化', '出行规划', '行业研究'],
    validDays: 730,
    updateFrequency: '每年',
    commitment: '每年核对一次，变动随时更新。',
    shares: [['transport', 10_000, '数据采集与整理']],
    reaches: 'assessed',
  },
  {
    // Offered too early: neither assessed nor with a scenario, so its listing is refused and the refusal kept.
    key: 'refused',
    seller: 'merchant',
    resource: 'divisions',
    scenarioOfUse: null,
    title: '县级名称清单',
    kind: 'dataset',
    summary: '县级行政区划名称清单。',
    scenario: '',
    groupBy: [],
    columns: [column('county', '县级名称', 'County'), column('province', '省级名称', 'Province')],
    priceFen: 1_00,
    purposes: ['地址标准化'],
    validDays: 365,
    updateFrequency: '',
    commitment: '',
    shares: [['merchant', 10_000, '采集与整理']],
    reaches: 'built',
  },
];
