import { Suspense } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { ApiError } from '../api/client';
import { useMay, useMe } from '../api/queries';
import LoginPage from '../features/login/page';
import OverviewPage from '../features/overview/page';
import { Empty, ErrorNote } from '../ui/states';
import { pathHere } from '../lib/base';
import { visible } from '../lib/text';
import { Attribution } from './attribution';
import { Layout } from './layout';
import { PageBoundary, PageLoading, lazyPage } from './page-boundary';
import { isHidden } from './pages';

const SessionsPage = lazyPage(() => import('../features/sessions/page'));
const UsersPage = lazyPage(() => import('../features/users/page'));
const QuotasPage = lazyPage(() => import('../features/quotas/page'));
const ServersPage = lazyPage(() => import('../features/servers/page'));
const AttemptsPage = lazyPage(() => import('../features/attempts/page'));
const AgentsPage = lazyPage(() => import('../features/agents/page'));
const AlertsPage = lazyPage(() => import('../features/alerts/page'));
const AccountPage = lazyPage(() => import('../features/account/page'));
const SettingsPage = lazyPage(() => import('../features/settings/page'));
const SystemPage = lazyPage(() => import('../features/system/page'));

/** What follows the page in the address: the name or number of one thing. The router decodes only in part (a comma stays %2C), and names may hold anything. */
function itemInAddress(at = 2): string | undefined {
  const raw = pathHere().split('/')[at];
  if (!raw) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

function NotFound() {
  return (
    <Empty title="There is no such page" actions={<Link className="btn" href="/">Go to the overview</Link>}>
      The address <bdi className="mono">{location.pathname}</bdi> leads nowhere.
    </Empty>
  );
}

/** What belongs to no server is not for who sees only some. */
function NotYours() {
  return (
    <Empty title="Not for your account" actions={<Link className="btn" href="/">Go to the overview</Link>}>
      You see the servers of: <bdi className="w5">{(useMe().data?.scope ?? []).map(visible).join(', ')}</bdi>. This page is about all of them.
    </Empty>
  );
}

function Pages() {
  const [location] = useLocation();
  const hidden = isHidden(location, useMay());
  return (
    <Layout>
      <PageBoundary key={location.split('/')[1]}><Suspense fallback={<PageLoading />}>
        {hidden ? <NotYours /> : <Switch>
          <Route path="/"><OverviewPage attribution={<Attribution />} /></Route>
          <Route path="/sessions/:id?">{({ id }) => <SessionsPage id={id ? Number(id) : undefined} />}</Route>
          <Route path="/users/:user?">{() => <UsersPage user={itemInAddress()} />}</Route>
          <Route path="/quotas/:quota?">{() => <QuotasPage id={itemInAddress()} />}</Route>
          <Route path="/servers/:name?">{() => <ServersPage name={itemInAddress()} />}</Route>
          <Route path="/attempts"><AttemptsPage /></Route>
          <Route path="/agents/:name?">{() => <AgentsPage name={itemInAddress()} />}</Route>
          <Route path="/alerts/:id?">{({ id }) => <AlertsPage id={id ? Number(id) : undefined} />}</Route>
          <Route path="/system"><SystemPage /></Route>
          <Route path="/account"><AccountPage /></Route>
          <Route path="/settings/:section?/:name?">{({ section }) => <SettingsPage section={section} name={itemInAddress(3)} />}</Route>
          <Route><NotFound /></Route>
        </Switch>}
      </Suspense></PageBoundary>
    </Layout>
  );
}

/** Asks who is signed in before any page is shown. */
function Guard() {
  const me = useMe();
  if (me.isSuccess) return <Pages />;
  if (me.isPending) return <div className="boot" role="status" aria-label="Loading" />;
  if (me.error instanceof ApiError && me.error.status === 401) {
    return <Redirect to={`/login?next=${encodeURIComponent(pathHere() + location.search)}${location.hash}`} replace />;
  }
  return <ErrorNote what="Could not reach Davylamp" error={me.error} onRetry={() => void me.refetch()} />;
}

export function Routes() {
  return (
    <Switch>
      <Route path="/login"><LoginPage /></Route>
      <Route><Guard /></Route>
    </Switch>
  );
}
