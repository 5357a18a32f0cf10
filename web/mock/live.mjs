// The live stream of the stand-in server.
import { WebSocketServer } from 'ws';
import { narrowFrame, seenBy } from './scope.mjs';

const goingAway = 1012;

function snapshotOf(world, house, me, number, known) {
  const sees = seenBy(house, me);
  const sessions = [...world.sessions.values()].filter(({ server }) => sees(server));
  for (const { id } of sessions) known.add(id);
  const all = me.scope.length === 0;
  return {
    kind: 'snapshot', number, at: Date.now() / 1000, sessions, servers: world.servers.filter(({ name }) => sees(name)), events: world.events.filter(({ server }) => all || sees(server)).slice(0, 50), quotas: all ? world.limits.quotas : [], jobs: all ? world.jobs : [],
    agents: all ? [...world.tunnels.agents.values()] : [], incidents: all ? [...world.alerts.incidents.values()].filter(({ state }) => state !== 'resolved') : [],
  };
}

/** `accept` takes an upgrade of a known person; `restart` ends every line, as a daemon does that goes away. */
export function makeLive(world, house, scene) {
  const server = new WebSocketServer({ noServer: true });
  const people = new Map();
  const known = new Map();
  let number = 1;
  const send = (client) => {
    known.set(client, new Set());
    client.send(JSON.stringify(snapshotOf(world, house, house.me(people.get(client)), number, known.get(client))));
  };
  const forget = (client) => (people.delete(client), known.delete(client));
  const started = Date.now();
  setInterval(() => {
    // In the stale scene the stream falls silent after a few seconds.
    if (scene === 'stale' && Date.now() - started > 3000) return;
    const frame = { kind: 'changes', number: (number += 1), ...world.step() };
    const text = JSON.stringify(frame);
    for (const [client, name] of people) {
      const me = house.me(name);
      client.send(me.scope.length === 0 ? text : JSON.stringify(narrowFrame(frame, seenBy(house, me), known.get(client))));
    }
  }, 1000);
  return {
    accept: (name, request, socket, head) =>
      server.handleUpgrade(request, socket, head, (client) => {
        people.set(client, name);
        client.on('close', () => forget(client)).on('message', () => send(client));
        send(client);
      }),
    restart() {
      // Another daemon has numbers of its own.
      number = Math.floor(Math.random() * 1000);
      for (const client of people.keys()) client.close(goingAway);
    },
    dropAll: (name) => {
      for (const [client, who] of people) if (who === name) client.close(4401);
    },
  };
}
