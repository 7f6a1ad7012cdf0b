import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { type Me, type Problem, unsafe } from '../api.ts';
import { Popover } from '../shared/Popover.tsx';
import { RefusalPanel } from '../shared/RefusalPanel.tsx';
import { useTerm } from '../shared/vocabulary.ts';
import { useWords, words } from './words.ts';

const WORDS = words(
  { account: '当前账号', workbench: '工作台', signOut: '退出登录', secondFactor: '已通过动态口令' },
  { account: 'Account', workbench: 'Workbench', signOut: 'Sign out', secondFactor: 'Second factor shown' },
);

export function AccountMenu({ me }: { readonly me: Me }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem | null>(null);
  const signOut = async () => {
    try {
      await unsafe('DELETE', '/sessions/current');
      queries.clear();
      queries.setQueryData(['me'], null);
      await navigate('/');
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Popover className="button account" label={t.account} trigger={<span>{me.person.displayName}</span>}>
      <p>
        <b>{me.person.displayName}</b> <span className="faint">{me.person.login}</span>
        <br />
        {me.party?.name}
      </p>
      <div className="tags account-roles">
        {me.roles.map((role) => (
          <span key={role} className="tag">
            {term(role)}
          </span>
        ))}
        {me.secondFactor ? <span className="tag good">{t.secondFactor}</span> : null}
      </div>
      {problem ? <RefusalPanel problem={problem} asked={t.signOut} /> : null}
      <div className="buttons">
        <Link className="button" to="/work">
          {t.workbench}
        </Link>
        <button type="button" className="button" onClick={() => void signOut()}>
          {t.signOut}
        </button>
      </div>
    </Popover>
  );
}
