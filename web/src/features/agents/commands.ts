export type Way = 'docker' | 'systemd' | 'ping' | 'sentinel';

/** `lasts`: it cannot trade a one-time token for its own. */
export const ways: readonly { way: Way; name: string; about: string; lasts: boolean }[] = [
  { way: 'docker', name: 'Docker', about: 'Beside gluetun or another VPN container, in its network: what it sees is what the container sees.', lasts: false },
  { way: 'systemd', name: 'systemd', about: 'On a host whose traffic goes through the tunnel.', lasts: false },
  { way: 'ping', name: 'Cron', about: 'Two examples: a line that says that the host is alive, and one that says how a command ended.', lasts: true },
  { way: 'sentinel', name: 'VPN Sentinel', about: 'Its own client, unchanged: these variables let it report here.', lasts: true },
];

interface Told {
  name: string;
  token: string;
  /** Where the agent finds this server. */
  hub: string;
  interval_seconds: number;
}

/** How a shell takes a word as it is. */
export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const when = (interval_seconds: number): string => {
  const minutes = Math.max(1, Math.round(interval_seconds / 60));
  return minutes >= 60 ? '0 * * * *' : minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
};

const unit = ['[Unit]', 'Description=Davylamp: the tunnel seen from inside', 'After=network-online.target', '[Service]', 'EnvironmentFile=/etc/davylamp-tunnel.env', 'ExecStart=/usr/bin/davylamp-agent', 'DynamicUser=true', 'StateDirectory=davylamp-tunnel', 'Restart=always', '[Install]', 'WantedBy=multi-user.target'];

/** What to type, for each way of reporting. */
export function commandOf(way: Way, { name, token, hub, interval_seconds }: Told): string {
  const own = [`DAVYLAMP_HUB=${hub}`, `DAVYLAMP_NAME=${name}`, `DAVYLAMP_ENROL=${token}`];
  const curl = `curl -fsS -m 10 -o /dev/null ${quoted(`${hub}/ping/${token}`)}`;
  switch (way) {
    case 'docker':
      return ['docker run -d --name davylamp-agent --restart unless-stopped \\', '  --network container:gluetun \\', ...own.map((line) => `  -e ${quoted(line)} \\`), '  -v davylamp-agent:/var/lib/davylamp-agent \\', '  davylamp davylamp-agent'].join('\n');
    case 'systemd':
      return [`sudo install -m 600 /dev/stdin /etc/davylamp-tunnel.env <<'END'`, ...own, 'END', `sudo tee /etc/systemd/system/davylamp-tunnel.service >/dev/null <<'END'`, ...unit, 'END', 'sudo systemctl daemon-reload', 'sudo systemctl enable --now davylamp-tunnel'].join('\n');
    case 'ping':
      return `${when(interval_seconds)} ${curl}\n0 3 * * * backup.sh; ${curl}/$?`;
    case 'sentinel':
      return `VPN_SENTINEL_SERVER_API_BASE_URL=${quoted(hub)}\nVPN_SENTINEL_API_KEY=${quoted(token)}\nVPN_SENTINEL_CLIENT_ID=${quoted(name)}`;
  }
}
