// What an account of some servers is shown of the invented fleet.
const isInGroup = (server, patterns) => patterns.some((pattern) => (pattern.endsWith('*') ? server.startsWith(pattern.slice(0, -1)) : server === pattern));

/** Whether a server is seen by somebody. */
export function seenBy(house, me) {
  if (me.scope.length === 0) return () => true;
  const patterns = house.groups.filter(({ name }) => me.scope.includes(name)).flatMap(({ servers }) => servers);
  return (server) => isInGroup(server, patterns);
}

const noLimits = { revision: 0, limits: [], groups: [], grants: [], resets: [], blocks: [] };
const lists = /^\/(quotas|limits|agents|exits|alert-rules|silences|channels|jobs|losses|incidents)$/;

/** What belongs to no server: empty lists, and no change, for who sees only some. Undefined: not such a thing. */
export function answerOutside(method, path, refuse) {
  if (method === 'GET' && lists.test(path)) return { status: 200, body: path === '/limits' ? noLimits : { items: [], total: 0 } };
  const everyones = /^\/(agents|limits|grants|groups|alert-rules|silences|channels|jobs|users\/[^/]+\/(export|block))/.test(path) || (method === 'DELETE' && path.startsWith('/users/'));
  return everyones ? refuse() : undefined;
}

export function narrowWorld(world, sees) {
  return {
    ...world, sessions: new Map([...world.sessions].filter(([, { server }]) => sees(server))), closed: world.closed.filter(({ server }) => sees(server)), servers: world.servers.filter(({ name }) => sees(name)), events: world.events.filter(({ server }) => sees(server)),
  };
}

export function narrowFrame(frame, sees, known) {
  const opened = (frame.opened ?? []).filter(({ server }) => sees(server));
  for (const { id } of opened) known.add(id);
  return {
    kind: frame.kind, number: frame.number, at: frame.at, opened, updated: (frame.updated ?? []).filter(({ id }) => known.has(id)), closed: (frame.closed ?? []).filter(({ id }) => known.has(id)),
    ...(frame.servers ? { servers: frame.servers.filter(({ name }) => sees(name)) } : {}), ...(frame.events ? { events: frame.events.filter(({ server }) => sees(server)) } : {}),
  };
}
