import type { Condition } from '../../lib/incident';

export interface Fix {
  text: string;
  code?: string;
}

/** What has usually mended it, for each condition. */
const fixes: Record<Condition, Fix> = {
  agent_dns_leak: { text: 'Give the tunnel its own resolver, so that the local network cannot set one.', code: 'DNS = 10.64.0.1 # wg0.conf' },
  agent_bypass: { text: 'Look whether the tunnel is up and holds the default route; then let nothing out beside it (kill switch).', code: 'ip route get 1.1.1.1' },
  agent_ipv6_leak: { text: 'Send IPv6 through the tunnel, or turn it off on the host.', code: 'AllowedIPs = 0.0.0.0/0, ::/0' },
  agent_unexpected_exit: { text: 'The provider may have moved the exit, or the client chose another server. If the new one is right, add it to what is expected.' },
  agent_exit_changed: { text: 'Nothing, when the provider moves its exits. If it should stay, choose a fixed server in the client.' },
  agent_tunnel_down: { text: 'Start the tunnel again and read its log.', code: 'journalctl -u wg-quick@wg0 -n 50' },
  agent_down: { text: 'See whether its host is up and reaches this server; then whether the agent runs.', code: 'systemctl status davylamp-agent' },
  agent_failed: { text: 'Read what the job wrote: the agent is alive and says itself that something failed.' },
  agent_degraded: { text: 'Compare with other agents of the site and of the exit: if they have it too, it is the path, else the host.' },
  site_down: { text: 'Look at what the agents share: the site’s line, its power, or this hub.' },
  server_down: { text: 'See whether the VPN server runs and whether its management socket can be reached.', code: 'systemctl status openvpn-server@*' },
  server_degraded: { text: 'The page of the server says which source does not answer and what to do.' },
  certificate_expires: { text: 'Renew it before its date and load it again; clients are refused once it is past.' },
  quota_near: { text: 'Nothing, when it is meant so. More can be granted on the page of quotas.' },
  quota_reached: { text: 'Grant more, or let it stand until the period ends.' },
  user_connected: { text: 'This is what was asked to be told.' },
  user_disconnected: { text: 'This is what was asked to be told.' },
  user_new_country: { text: 'Ask the user. If it was somebody else, block the user and make a new key.' },
  user_absent: { text: 'Ask the user, or look at the attempts: a wrong password or an expired certificate is told there.' },
  user_returns: { text: 'The client retries by itself. Tell the user why, or lift what refuses.' },
  attempts_many: { text: 'Refuse the network at the firewall when it is not one of yours.' },
  job_failed: { text: 'The page of the system has what the job said; most often a disk is full. Mend it, then run the job again.' },
  warning: { text: 'An early warning: look at the series before it becomes a fault.' },
};

export const fixOf = (condition: Condition): Fix => fixes[condition] ?? { text: 'Nothing is known yet about what mends this.' };
