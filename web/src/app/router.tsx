import { Suspense, lazy } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { ApiError } from '../api/client';
import { useMe } from '../api/queries';
import LoginPage from '../features/login/page';
import OverviewPage from '../features/overview/page';
import { Empty, ErrorNote } from '../ui/states';
import { pathHere } from '../lib/base';
import { Attribution } from './attribution';
import { Layout } from './layout';

const SessionsPage = lazy(() => import('../features/sessions/page'));
const UsersPage = lazy(() => import('../features/users/page'));
const QuotasPage = lazy(() => import('../features/quotas/page'));
const ServersPage = lazy(() => import('../features/servers/page'));
const AttemptsPage = lazy(() => import('../features/attempts/page'));
const AgentsPage = lazy(() => import('../features/agents/page'));
const AlertsPage = lazy(() => import('../features/alerts/page'));
const SystemPage = lazy(() => import('../features/system/page'));

/** What follows the page in the address: the name or number of one thing. The router decodes only in part (a comma stays %2C), and names may hold anything. */
function itemInAddress(): string | undefined {
  const raw = pathHere().split('/')[2];
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

function Pages() {
  return (
    <Layout>
      <Suspense fallback={null}>
        <Switch>
          <Route path="/"><OverviewPage attribution={<Attribution />} /></Route>
          <Route path="/sessions/:id?">{({ id }) => <SessionsPage id={id ? Number(id) : undefined} />}</Route>
          <Route path="/users/:user?">{() => <UsersPage user={itemInAddress()} />}</Route>
          <Route path="/quotas/:quota?">{() => <QuotasPage id={itemInAddress()} />}</Route>
          <Route path="/servers/:name?">{() => <ServersPage name={itemInAddress()} />}</Route>
          <Route path="/attempts"><AttemptsPage /></Route>
          <Route path="/agents/:name?">{() => <AgentsPage name={itemInAddress()} />}</Route>
          <Route path="/alerts/:id?">{({ id }) => <AlertsPage id={id ? Number(id) : undefined} />}</Route>
          <Route path="/system"><SystemPage /></Route>
          <Route><NotFound /></Route>
        </Switch>
      </Suspense>
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
