import { type LoaderFunctionArgs, type RouteObject, redirect } from 'react-router';
import { page } from '../app/page.ts';

/** Pages for signed-in people. Each loads on its own; a page's words and styles stand beside it. */
export const workbenchRoutes: RouteObject[] = [
  {
    path: 'work',
    ...page(() => import('./WorkLayout.tsx')),
    children: [
      { index: true, ...page(() => import('./home/HomePage.tsx')) },
      { path: 'authorisation', ...page(() => import('./authorisation/AuthorisationPage.tsx')) },
      { path: 'authorisation/announce', ...page(() => import('./authorisation/AnnouncePage.tsx')) },
      { path: 'authorisation/applications/:applicationId', ...page(() => import('./authorisation/OperationPage.tsx')) },
      { path: 'authorisation/scenarios/new', ...page(() => import('./authorisation/AskPage.tsx')) },
      { path: 'authorisation/scenarios/:scenarioId', ...page(() => import('./authorisation/ScenarioPage.tsx')) },
      { path: 'authorisation/revenues/:revenueId', ...page(() => import('./pricing/RevenuePage.tsx')) },
      { path: 'authorisation/caps/:capId', ...page(() => import('./pricing/CapPage.tsx')) },
      { path: 'authorisation/demands/:governanceId', ...page(() => import('./authorisation/DemandPage.tsx')) },
      { path: 'resources', ...page(() => import('./resources/ResourcesPage.tsx')) },
      { path: 'resources/new', ...page(() => import('./resources/RegisterPage.tsx')) },
      { path: 'directory/imports', ...page(() => import('./directory/ImportsPage.tsx')) },
      { path: 'directory/imports/:importId', ...page(() => import('./directory/ImportPage.tsx')) },
      { path: 'openings', ...page(() => import('./directory/OpeningsPage.tsx')) },
      { path: 'resources/:resourceId', ...page(() => import('./resources/ResourceCasePage.tsx')) },
      { path: 'products', ...page(() => import('./products/ProductsPage.tsx')) },
      { path: 'products/new', ...page(() => import('./products/DraftPage.tsx')) },
      { path: 'products/:productId', ...page(() => import('./products/ProductCasePage.tsx')) },
      { path: 'products/:productId/revise', ...page(() => import('./products/RevisePage.tsx')) },
      { path: 'assessments', ...page(() => import('./assessments/AssessmentsPage.tsx')) },
      { path: 'assessments/:assessmentId', ...page(() => import('./assessments/AssessmentPage.tsx')) },
      { path: 'orders', ...page(() => import('./orders/OrdersPage.tsx')) },
      { path: 'orders/new', ...page(() => import('./orders/PlaceOrderPage.tsx')) },
      { path: 'orders/:orderId', ...page(() => import('./orders/OrderPage.tsx')) },
      { path: 'account', ...page(() => import('./account/AccountPage.tsx')) },
      { path: 'receipts', ...page(() => import('./receipts/ReceiptsPage.tsx')) },
      { path: 'bundles', ...page(() => import('./bundles/BundlesPage.tsx')) },
      { path: 'demands', ...page(() => import('./demands/DemandsPage.tsx')) },
      { path: 'demands/:demandId', ...page(() => import('./demands/DemandCasePage.tsx')) },
      { path: 'team', ...page(() => import('./team/TeamPage.tsx')) },
      { path: 'counter', ...page(() => import('./counter/CounterPage.tsx')) },
      { path: 'counter/parties/:partyId', ...page(() => import('./counter/PartyCasePage.tsx')) },
      { path: 'recognition/new', ...page(() => import('./recognition/ImportPage.tsx')) },
      { path: 'recognition/:importId', ...page(() => import('./recognition/ImportCasePage.tsx')) },
      { path: 'calendar', ...page(() => import('./calendar/CalendarPage.tsx')) },
      { path: 'cases', ...page(() => import('./cases/InboxPage.tsx')) },
      { path: 'notifications', ...page(() => import('./notifications/NotificationsPage.tsx')) },
      { path: 'cases/:caseId', ...page(() => import('./cases/CasePage.tsx')) },
      { path: 'cockpit', ...page(() => import('./cockpit/CockpitPage.tsx')) },
    ],
  },
  // The place was once called /workbench; links to it go on working.
  {
    path: 'workbench/*',
    loader: ({ request, params }: LoaderFunctionArgs) =>
      redirect(`/work/${params['*'] ?? ''}${new URL(request.url).search}`),
  },
];
