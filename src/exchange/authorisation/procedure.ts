import { procedure } from '../../kernel/cases/index.ts';
import { dated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const from = '2020-01-01';
const working = (value: number, reference: string) => dated({ from, value, unit: 'working day', reference });

/** The house's times where the measures leave them open (JN-8.5, JN-12.4, JN-17.3 name no length). */
export const TIMES = {
  eligibility: working(3, 'HS-13.1'),
  review: working(20, 'HS-13.2'),
  publicity: working(5, 'HS-13.3'),
  objection: working(10, 'HS-13.4'),
  agreement: working(20, 'HS-13.5'),
  filing: working(10, 'HS-13.6'),
  securityReport: dated({ from, value: 6, unit: 'month', reference: 'HS-13.7' }),
  correction: dated({ from, value: 30, unit: 'day', reference: 'HS-13.8' }),
  recheck: working(10, 'HS-13.9'),
  suspension: working(20, 'HS-13.10'),
  disposal: dated({ from, value: 30, unit: 'day', reference: 'HS-13.11' }),
  scenario: working(10, 'HS-13.12'),
  governance: working(10, 'HS-13.13'),
};
const soon = working(2, 'HS-13.14');

/** 授权运营: from the application through review, publicity and agreement to operation and its end (Jinan draft, art. 7 to 12). */
export const operation = procedure({
  name: 'authorised-operation',
  title: text('公共数据授权运营', 'Authorised operation of public data'),
  rule: 'JN-8.1',
  parts: {
    applicant: text('申请人／运营单位', 'Applicant and operating unit'),
    authoriser: text('授权单位', 'Authorising unit'),
    authority: text('大数据主管部门', 'Data authority'),
    expert: text('评审专家', 'Expert'),
    scored: text('已评分专家', 'Expert who has scored'),
    provider: text('数据提供单位', 'Data provider'),
  },
  supervisor: 'authority',
  papers: {
    eligibility: { title: text('资格证明材料', 'Proof of eligibility'), neededFor: ['accept'] },
    security: { title: text('数据安全能力证明', 'Proof of data-security capability'), neededFor: ['accept'] },
    plan: { title: text('运营方案', 'Plan of operation'), neededFor: ['accept'] },
    agreement: { title: text('协议签署件', 'Signed agreement'), neededFor: [] },
    'security-report': { title: text('运营安全报告', 'Security report'), neededFor: [] },
    training: { title: text('安全培训记录', 'Record of security training'), neededFor: [] },
    drill: { title: text('应急演练记录', 'Record of an emergency drill'), neededFor: [] },
    correction: { title: text('整改书面报告', 'Written report of the correction'), neededFor: ['report-correction'] },
    disposal: { title: text('资产处置与数据清除证明', 'Proof of disposal and erasure'), neededFor: ['settle'] },
    other: { title: text('其他材料', 'Other document'), neededFor: [] },
  },
  clocks: {
    eligibility: {
      title: text('受理期限', 'Time to accept'),
      rule: 'HS-13.1',
      period: TIMES.eligibility,
      onDue: 'escalate',
    },
    review: {
      title: text('评审期限', 'Time for the review'),
      rule: 'HS-13.2',
      period: TIMES.review,
      warnBefore: soon,
      onDue: 'escalate',
    },
    publicity: {
      title: text('公示期', 'Publicity'),
      rule: 'HS-13.3',
      period: TIMES.publicity,
      onDue: { event: 'publicity-over' },
    },
    objection: {
      title: text('异议处理期限', 'Time for objections'),
      rule: 'HS-13.4',
      period: TIMES.objection,
      warnBefore: soon,
      onDue: 'escalate',
    },
    agreement: {
      title: text('签约期限', 'Time to sign'),
      rule: 'HS-13.5',
      period: TIMES.agreement,
      warnBefore: soon,
      onDue: 'escalate',
    },
    filing: { title: text('备案期限', 'Time to file'), rule: 'HS-13.6', period: TIMES.filing, onDue: 'escalate' },
    report: {
      title: text('安全报告期限', 'Security report'),
      rule: 'HS-13.7',
      period: TIMES.securityReport,
      onDue: 'escalate',
    },
    correction: {
      title: text('整改期限', 'Time to correct'),
      rule: 'HS-13.8',
      period: TIMES.correction,
      onDue: { event: 'lapse' },
    },
    recheck: {
      title: text('复查期限', 'Time to recheck'),
      rule: 'HS-13.9',
      period: TIMES.recheck,
      warnBefore: soon,
      onDue: 'escalate',
    },
    suspension: {
      title: text('暂停处理期限', 'Time to decide a suspension'),
      rule: 'HS-13.10',
      period: TIMES.suspension,
      onDue: 'escalate',
    },
    disposal: {
      title: text('资产处置期限', 'Time to dispose'),
      rule: 'HS-13.11',
      period: TIMES.disposal,
      onDue: 'escalate',
    },
  },
  states: {
    applied: {
      title: text('待受理', 'applied'),
      waits: {
        part: 'authoriser',
        what: text('请核对资格与材料，决定是否受理', 'Check eligibility and documents, and accept or refuse'),
      },
      clock: 'eligibility',
      moves: {
        accept: { to: 'reviewing', act: 'application.accept' },
        refuse: { to: 'refused', act: 'application.refuse' },
        withdraw: { to: 'withdrawn', act: 'application.withdraw', by: ['applicant'] },
      },
    },
    reviewing: {
      title: text('专家评审中', 'under review'),
      waits: { part: 'expert', what: text('请专家评分', 'Experts score') },
      clock: 'review',
      moves: {
        'all-scored': { to: 'concluding', act: 'application.score' },
        withdraw: { to: 'withdrawn', act: 'application.withdraw', by: ['applicant'] },
      },
    },
    concluding: {
      title: text('待形成评审结论', 'review to be concluded'),
      waits: {
        part: 'authoriser',
        what: text('专家均已评分，请形成评审结论', 'All experts have scored: conclude the review'),
      },
      clock: 'review',
      moves: {
        conclude: { to: 'public', act: 'application.conclude-review' },
        refuse: { to: 'refused', act: 'application.conclude-review' },
        withdraw: { to: 'withdrawn', act: 'application.withdraw', by: ['applicant'] },
      },
    },
    public: {
      title: text('公示中', 'before the public'),
      waits: {
        part: 'authoriser',
        what: text('初选名单公示中，等待期满', 'The preliminary list is before the public until the time is over'),
      },
      clock: 'publicity',
      moves: {
        'publicity-over': { to: 'agreeing', act: 'application.end-publicity' },
        // Offered to nobody: a sample may, and every other exchange is refused.
        'close-early': { to: 'agreeing', act: 'application.close-publicity-early', by: [] },
        object: { to: 'objected', act: 'notice.object', by: [] },
      },
    },
    objected: {
      title: text('异议处理中', 'objection looked into'),
      waits: { part: 'authoriser', what: text('请调查处理异议', 'Look into the objection and decide') },
      clock: 'objection',
      pauses: ['publicity'],
      moves: {
        dismiss: { to: 'public', act: 'notice.decide-objection' },
        uphold: { to: 'refused', act: 'notice.decide-objection' },
      },
    },
    agreeing: {
      title: text('待签协议', 'to be agreed'),
      waits: { part: 'applicant', what: text('请核对并签署授权运营协议', 'Read and sign the agreement') },
      clock: 'agreement',
      acts: { 'agreement.draft': ['authoriser'] },
      moves: {
        'signed-first': { to: 'countersigning', act: 'agreement.sign' },
        revise: { to: 'agreeing', act: 'agreement.revise', by: ['authoriser'] },
        agree: { to: 'filing', act: 'agreement.sign', by: ['applicant', 'authoriser'] },
        withdraw: { to: 'withdrawn', act: 'application.withdraw', by: ['applicant'] },
      },
    },
    countersigning: {
      title: text('待授权单位签署', 'to be signed by the authorising unit'),
      waits: {
        part: 'authoriser',
        what: text(
          '运营单位已签署，请核对并签署授权运营协议',
          'The operating unit has signed: read and sign the agreement',
        ),
      },
      clock: 'agreement',
      moves: {
        revise: { to: 'agreeing', act: 'agreement.revise' },
        agree: { to: 'filing', act: 'agreement.sign' },
        withdraw: { to: 'withdrawn', act: 'application.withdraw', by: ['applicant'] },
      },
    },
    filing: {
      title: text('运营中，待备案', 'operating, to be filed'),
      waits: {
        part: 'authority',
        what: text('请将运营单位名单报同级政府备案', 'File the list of operating units with the government'),
      },
      clock: 'filing',
      moves: {
        file: { to: 'operating', act: 'authorisation.file' },
        suspend: { to: 'suspended', act: 'authorisation.suspend', by: ['authoriser'] },
        'pass-evaluation': { to: 'filing', act: 'authorisation.evaluate', by: ['authority'] },
        'fail-evaluation': { to: 'correcting', act: 'authorisation.evaluate', by: ['authority'] },
        expire: { to: 'exiting', act: 'authorisation.expire' },
        exit: { to: 'exiting', act: 'authorisation.exit', by: ['applicant', 'authoriser'] },
      },
    },
    operating: {
      title: text('运营中', 'operating'),
      waits: { part: 'applicant', what: text('请按期提交运营安全报告', 'Submit the security report in time') },
      clock: 'report',
      moves: {
        report: { to: 'operating', act: 'authorisation.report-security', restarts: true },
        'pass-evaluation': { to: 'operating', act: 'authorisation.evaluate', by: ['authority'] },
        'fail-evaluation': { to: 'correcting', act: 'authorisation.evaluate', by: ['authority'] },
        suspend: { to: 'suspended', act: 'authorisation.suspend', by: ['authoriser'] },
        expire: { to: 'exiting', act: 'authorisation.expire' },
        exit: { to: 'exiting', act: 'authorisation.exit', by: ['applicant', 'authoriser'] },
      },
    },
    correcting: {
      title: text('整改中，权限已暂停', 'correcting, rights suspended'),
      waits: { part: 'applicant', what: text('请完成整改并提交书面报告', 'Correct it and report in writing') },
      clock: 'correction',
      pauses: ['report', 'filing'],
      moves: {
        'report-correction': { to: 'rechecking', act: 'authorisation.report-correction' },
        lapse: { to: 'exiting', act: 'authorisation.lapse' },
        expire: { to: 'exiting', act: 'authorisation.expire' },
      },
    },
    rechecking: {
      title: text('待复查，权限已暂停', 'to be rechecked, rights suspended'),
      waits: { part: 'authority', what: text('请复查整改情况', 'Recheck the correction') },
      clock: 'recheck',
      pauses: ['report', 'filing'],
      moves: {
        'pass-recheck': { to: 'operating', act: 'authorisation.recheck' },
        'pass-recheck-unfiled': { to: 'filing', act: 'authorisation.recheck' },
        'fail-recheck': { to: 'exiting', act: 'authorisation.recheck' },
        expire: { to: 'exiting', act: 'authorisation.expire' },
      },
    },
    suspended: {
      title: text('已暂停', 'suspended'),
      waits: { part: 'authoriser', what: text('请决定恢复或者退出', 'Decide to resume or to end') },
      clock: 'suspension',
      pauses: ['report', 'filing'],
      moves: {
        resume: { to: 'operating', act: 'authorisation.resume' },
        'resume-unfiled': { to: 'filing', act: 'authorisation.resume' },
        exit: { to: 'exiting', act: 'authorisation.exit', by: ['applicant', 'authoriser'] },
        expire: { to: 'exiting', act: 'authorisation.expire' },
      },
    },
    exiting: {
      title: text('退出中，权限已终止', 'leaving, rights ended'),
      waits: {
        part: 'applicant',
        what: text('请按协议处置资产并清除数据', 'Dispose of the assets as agreed and erase the data'),
      },
      clock: 'disposal',
      moves: { settle: { to: 'ended', act: 'authorisation.settle-exit' } },
    },
    ended: { title: text('已退出', 'ended'), moves: {} },
    refused: { title: text('未通过', 'refused'), moves: {} },
    withdrawn: { title: text('已撤回', 'withdrawn'), moves: {} },
  },
  way: ['applied', 'reviewing', 'public', 'agreeing', 'filing', 'operating', 'ended'],
});

/** 数据申请: one scenario, one application, approved by the authority together with the provider (Jinan draft, art. 14). */
export const dataApplication = procedure({
  name: 'data-application',
  title: text('数据申请', 'Application for data'),
  rule: 'JN-14.1',
  parts: {
    applicant: text('运营单位', 'Operating unit'),
    reviewer: text('待审核单位', 'Still to review'),
    approved: text('已同意单位', 'Approved'),
  },
  supervisor: 'reviewer',
  papers: {
    'scenario-plan': { title: text('应用场景方案', 'Plan of the scenario'), neededFor: [] },
    consent: { title: text('数据主体授权记录', 'Authorisation of those concerned'), neededFor: [] },
  },
  clocks: {
    review: {
      title: text('审核期限', 'Time to review'),
      rule: 'HS-13.12',
      period: TIMES.scenario,
      warnBefore: soon,
      onDue: 'escalate',
    },
  },
  states: {
    asked: {
      title: text('待审核', 'to be reviewed'),
      waits: {
        part: 'reviewer',
        what: text('请主管部门与数据提供单位共同审核', 'Data authority and provider review it together'),
      },
      clock: 'review',
      moves: {
        approve: { to: 'granted', act: 'scenario.approve' },
        refuse: { to: 'refused', act: 'scenario.refuse' },
        withdraw: { to: 'withdrawn', act: 'scenario.withdraw', by: ['applicant'] },
      },
    },
    granted: { title: text('已授权使用', 'granted'), moves: {} },
    refused: { title: text('未同意', 'refused'), moves: {} },
    withdrawn: { title: text('已撤回', 'withdrawn'), moves: {} },
  },
  way: ['asked', 'granted'],
});

/** 数据治理需求: a quality problem goes to the provider as a task with a clock (Jinan draft, art. 10). */
export const dataGovernance = procedure({
  name: 'data-governance',
  title: text('数据治理需求', 'Demand for data governance'),
  rule: 'JN-10.2',
  parts: {
    applicant: text('运营单位', 'Operating unit'),
    provider: text('数据提供单位', 'Data provider'),
    authority: text('大数据主管部门', 'Data authority'),
  },
  supervisor: 'authority',
  papers: { proof: { title: text('问题说明', 'Description of the problem'), neededFor: [] } },
  clocks: {
    governance: {
      title: text('治理期限', 'Time to govern'),
      rule: 'HS-13.13',
      period: TIMES.governance,
      warnBefore: soon,
      onDue: 'escalate',
    },
  },
  states: {
    raised: {
      title: text('待治理', 'to be governed'),
      waits: { part: 'provider', what: text('请治理数据并答复', 'Govern the data and answer') },
      clock: 'governance',
      moves: { answer: { to: 'answered', act: 'governance.answer' } },
    },
    answered: {
      title: text('待确认', 'to be confirmed'),
      waits: { part: 'applicant', what: text('请确认是否解决', 'Confirm whether it is solved') },
      clock: 'governance',
      moves: {
        close: { to: 'closed', act: 'governance.confirm' },
        reopen: { to: 'raised', act: 'governance.confirm', restarts: true },
      },
    },
    closed: { title: text('已解决', 'solved'), moves: {} },
  },
  way: ['raised', 'answered', 'closed'],
});
