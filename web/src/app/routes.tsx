import type { RouteObject } from 'react-router';
import { workbenchRoutes } from '../workbench/routes.tsx';
import { Broken } from './Broken.tsx';
import { page } from './page.ts';
import { Shell } from './Shell.tsx';

export const routes: RouteObject[] = [
  {
    element: <Shell />,
    errorElement: <Broken />,
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { index: true, ...page(() => import('../portal/market/MarketPage.tsx')) },
          { path: 'products', ...page(() => import('../portal/products/CataloguePage.tsx')) },
          { path: 'products/:productId', ...page(() => import('../portal/products/ProductPage.tsx')) },
          { path: 'resources', ...page(() => import('../portal/products/ResourcesPage.tsx')) },
          { path: 'resources/:resourceId', ...page(() => import('../portal/products/ResourcePage.tsx')) },
          { path: 'departments', ...page(() => import('../portal/departments/DepartmentsPage.tsx')) },
          { path: 'departments/:partyId', ...page(() => import('../portal/departments/DepartmentPage.tsx')) },
          { path: 'demands', ...page(() => import('../portal/demands/DemandsPage.tsx')) },
          { path: 'demands/:demandId', ...page(() => import('../portal/demands/DemandPage.tsx')) },
          { path: 'authorisation', ...page(() => import('../portal/authorisation/AuthorisationPage.tsx')) },
          { path: 'authorisation/law', ...page(() => import('../portal/authorisation/LawPage.tsx')) },
          {
            path: 'authorisation/announcements/:announcementId',
            ...page(() => import('../portal/authorisation/AnnouncementPage.tsx')),
          },
          { path: 'notices', ...page(() => import('../portal/notices/NoticesPage.tsx')) },
          { path: 'notices/:noticeId', ...page(() => import('../portal/notices/NoticePage.tsx')) },
          { path: 'rules', ...page(() => import('../portal/rules/DocumentsPage.tsx')) },
          { path: 'rules/:document', ...page(() => import('../portal/rules/DocumentPage.tsx')) },
          { path: 'rules/:document/:ruleId', ...page(() => import('../portal/rules/ArticlePage.tsx')) },
          { path: 'coverage', ...page(() => import('../portal/rules/CoveragePage.tsx')) },
          { path: 'parties', ...page(() => import('../portal/parties/PartiesPage.tsx')) },
          { path: 'parties/:partyId', ...page(() => import('../portal/parties/PartyPage.tsx')) },
          { path: 'evidence', ...page(() => import('../portal/evidence/HealthPage.tsx')) },
          { path: 'timelines/:subjectId', ...page(() => import('../portal/timelines/TimelinePage.tsx')) },
          { path: 'verify', ...page(() => import('../portal/verify/VerifyPage.tsx')) },
          { path: 'certificates/:certificateId', ...page(() => import('../portal/certificates/CertificatePage.tsx')) },
          { path: 'report', ...page(() => import('../portal/report/ReportPage.tsx')) },
          {
            path: 'authorisation/disclosures/:disclosureId',
            ...page(() => import('../portal/disclosure/DisclosurePage.tsx')),
          },
          { path: 'consent', ...page(() => import('../portal/consent/WithdrawPage.tsx')) },
          { path: 'consent/:noticeId', ...page(() => import('../portal/consent/NoticePage.tsx')) },
          { path: 'join', ...page(() => import('../portal/join/JoinPage.tsx')) },
          { path: 'sign-in', ...page(() => import('../portal/sign-in/SignInPage.tsx')) },
          { path: 'second-factor', ...page(() => import('../portal/sign-in/SecondFactorPage.tsx')) },
          ...workbenchRoutes,
          { path: '*', ...page(() => import('../portal/NotFoundPage.tsx')) },
        ],
      },
    ],
  },
];
