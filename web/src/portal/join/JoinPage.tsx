import { useState } from 'react';
import { Link } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { ActForm } from '../../shared/act-form/index.tsx';

const WORDS = words(
  {
    title: '申请入驻',
    sub: '单位经交易所准予入驻后方可登记资源、挂牌、购买或担任第三方。申请人成为本单位的管理员，可再添加同事。',
    submit: '提交申请',
    next1: '申请已提交。现在就可以用刚才的登录名登录查看进度；入驻之后，所申请的角色生效。',
    signIn: '去登录',
    party: '单位',
    applicant: '申请人',
    name: '单位全称',
    uscc: '18 位，见营业执照或事业单位法人证书',
    roles: '按实际承担的角色选择，可多选；未获准的角色不生效',
    login: '用于登录，入驻后由您管理本单位的账号',
    statement: '向交易所说明的情况，例如资质、数据安全负责人、业务范围',
    steps: '之后会怎样',
    step1: '交易所核对统一社会信用代码、主体身份和所申请的角色。',
    step2: '准予入驻或不予入驻，都会说明依据的条文。',
    step3: '入驻后在名录公示，您可以邀请同事、开始办理业务。',
  },
  {
    title: 'Apply to join',
    sub: 'A party must be admitted by the exchange before it registers resources, lists, buys or acts as a third party. The applicant becomes its administrator and can add colleagues.',
    submit: 'Send the application',
    next1:
      'The application is in. You can sign in right away and follow it; the roles applied for take effect once the party is admitted.',
    signIn: 'Sign in',
    party: 'The party',
    applicant: 'You',
    name: 'Full name of the party',
    uscc: '18 characters, as on the business licence or certificate',
    roles: 'Choose what the party really does; roles not admitted have no effect',
    login: 'You will manage the accounts of your party with it',
    statement: 'What the exchange should know: qualifications, data-security officer, lines of business',
    steps: 'What happens next',
    step1: 'The exchange checks the social credit code, the identity and the roles applied for.',
    step2: 'It admits or refuses, naming the articles it relies on.',
    step3: 'Once admitted the party stands in the public register; you invite colleagues and begin.',
  },
);

export default function JoinPage() {
  const t = useWords(WORDS);
  const [done, setDone] = useState(false);
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub" style={{ marginBottom: 24 }}>
        {t.sub}
      </p>
      <div className="columns">
        <div>
          <ActForm
            act="party.apply"
            submit={t.submit}
            groups={[
              {
                title: t.party,
                fields: [
                  'name',
                  'uscc',
                  'legalRepresentative',
                  'contact',
                  'roles',
                  'businessTypes',
                  'providerClass',
                  'maintainsPlatform',
                  'statement',
                ],
              },
              { title: t.applicant, fields: ['displayName', 'login', 'password'] },
            ]}
            titles={{ name: t.name }}
            hints={{ uscc: t.uscc, roles: t.roles, login: t.login, statement: t.statement }}
            onDone={() => setDone(true)}
          />
          {done ? (
            <p>
              {t.next1} <Link to="/sign-in">{t.signIn}</Link>
            </p>
          ) : null}
        </div>
        <aside>
          <h2>{t.steps}</h2>
          <ol className="timeline">
            <li>{t.step1}</li>
            <li>{t.step2}</li>
            <li>{t.step3}</li>
          </ol>
        </aside>
      </div>
    </>
  );
}
