import { NavLink } from 'react-router';
import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  { label: '目录', products: '数据产品', resources: '数据资源', departments: '部门归集' },
  { label: 'Catalogues', products: 'Products', resources: 'Resources', departments: 'Departments' },
);

/** What can be bought, and what it is made from. */
export function CatalogueTabs() {
  const t = useWords(WORDS);
  return (
    <nav className="tabs" aria-label={t.label}>
      <NavLink to="/products">{t.products}</NavLink>
      <NavLink to="/resources">{t.resources}</NavLink>
      <NavLink to="/departments">{t.departments}</NavLink>
    </nav>
  );
}
