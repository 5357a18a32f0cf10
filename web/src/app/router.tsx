import { Suspense, lazy } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { ApiError } from '../api/client';
import { useMe } from '../api/queries';
import LoginPage from '../features/login/page';
import OverviewPage from '../features/overview/page';
import { Empty, ErrorNote } from '../ui/states';
import { Attribution } from './attribution';
import { Layout } from './layout';

const SessionsPage = lazy(() => import('../features/sessions/page'));
const UsersPage = lazy(() => import('../features/users/page'));
const QuotasPage = lazy(() => import('../features/quotas/page'));
const ServersPage = lazy(() => import('../features/servers/page'));
const SystemPage = lazy(() => import('../features/system/page'));

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
          <Route path="/users/:user?">{({ user }) => <UsersPage user={user} />}</Route>
          <Route path="/quotas/:id?">{({ id }) => <QuotasPage id={id} />}</Route>
          <Route path="/servers/:name?">{({ name }) => <ServersPage name={name} />}</Route>
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
    return <Redirect to={`/login?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
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
