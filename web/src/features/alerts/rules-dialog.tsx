import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { saveRule, useRules } from '../../api/alerts';
import { useMay } from '../../api/queries';
import type { AlertRule } from '../../api/types.gen';
import { conditionOf, severities } from '../../lib/incident';
import { cx, visible } from '../../lib/text';
import { IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { tellFailure } from '../../ui/later';
import { Menu } from '../../ui/menu';
import { Shape } from '../../ui/shape';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { RuleForm } from './rule-fields';
import type { RuleDraft } from './rule-form';
import { toRuleDraft, userRule, writeSpan } from './rule-form';

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
const offers = [
  { condition: 'user_connected', label: 'Tell me when somebody connects' },
  { condition: 'user_absent', label: 'Tell me who did not come by 09:00' },
  { condition: 'user_new_country', label: 'Tell me who comes from a new country' },
] as const;

function aboutRule(rule: AlertRule): string {
  return [
    conditionOf(rule.condition).words, rule.subject && visible(rule.subject), rule.by_clock && `by ${visible(rule.by_clock)} ${visible(rule.zone ?? '')}`, rule.of > 1 && `${rule.needed} of ${rule.of} looks`,
    rule.hold_seconds > 0 && `after ${writeSpan(rule.hold_seconds)}`, rule.clear_seconds > 0 && `over after ${writeSpan(rule.clear_seconds)}`, rule.channels.length > 0 && `to ${rule.channels.map(visible).join(', ')}`,
    rule.repeat_seconds > 0 && `again every ${writeSpan(rule.repeat_seconds)}`,
  ].filter(Boolean).join(', ');
}

interface RowProps {
  rule: AlertRule;
  onToggle: ((on: boolean) => void) | undefined;
  onOpen: (() => void) | undefined;
}

function Row({ rule, onToggle, onOpen }: RowProps) {
  const severity = severities[rule.severity];
  const words = (
    <>
      <span className="ell"><bdi className="w5">{visible(rule.name)}</bdi></span>
      <span className="fs12 t3 rule-about">{aboutRule(rule)}</span>
    </>
  );
  return (
    <li className={cx('rule-row', !rule.enabled && 'rule-off')} data-testid="rule">
      <input type="checkbox" checked={rule.enabled} disabled={!onToggle} aria-label={`${visible(rule.name)} is on`} onChange={(event) => onToggle?.(event.target.checked)} />
      {onOpen ? <button type="button" className="rule-words rule-open" onClick={onOpen}>{words}</button> : <div className="rule-words">{words}</div>}
      <span className={`st st-${severity?.shape ?? 'off'} fs12`}><Shape kind={severity?.shape ?? 'off'} size={10} />{severity?.word ?? rule.severity}</span>
    </li>
  );
}

/** What is told of, and to whom. Rules are data: each can be turned off, made milder, or narrowed. */
export function RulesDialog({ onChanged, onClose }: { onChanged: () => void; onClose: () => void }) {
  const may = useMay();
  const query = useRules();
  const [draft, setDraft] = useState<RuleDraft & { free?: boolean }>();
  const toggle = async (rule: AlertRule, enabled: boolean) => {
    try {
      await saveRule({ ...rule, enabled });
      onChanged();
    } catch (error) {
      tellFailure(`Turning “${visible(rule.name)}” ${enabled ? 'on' : 'off'}`, error);
    }
  };
  const rules = query.data?.items ?? [];
  return (
    <Dialog label="Rules" className="alert-dialog sheet" onClose={onClose}>
      <div className="form-head">
        <h2 className="ell">{draft ? (draft.id ? <bdi>{visible(draft.name)}</bdi> : 'New rule') : 'Rules'}</h2><span className="grow" />
        {may.lay_down && !draft && (
          <Menu label="Add rule" align="end" buttonClass="btn btn-small" button={<><Plus size={13} />Add rule</>}>
            {(close) => (
              <>
                {offers.map(({ condition, label }) => <button key={condition} type="button" className="menu-item" onClick={() => (close(), setDraft(userRule(condition, zone())))}>{label}</button>)}
                <div className="menu-line" />
                <button type="button" className="menu-item" onClick={() => (close(), setDraft({ ...userRule('user_connected', zone()), condition: 'agent_down', severity: 'warning', free: true }))}>Another condition</button>
              </>
            )}
          </Menu>
        )}
        <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>
      </div>
      {draft ? <RuleForm key={`${draft.id} ${draft.condition}`} initial={draft} free={draft.free ?? false} onDone={() => (setDraft(undefined), onChanged())} onCancel={() => setDraft(undefined)} /> : (
        <>
          {query.isPending && <SkeletonRows rows={6} height={44} />}
          {query.isError && <ErrorNote what="Could not load rules" error={query.error} onRetry={() => void query.refetch()} />}
          <ul className="rule-list">{rules.map((rule) => <Row key={rule.id} rule={rule} onToggle={may.lay_down ? (on) => void toggle(rule, on) : undefined} onOpen={may.lay_down ? () => setDraft(toRuleDraft(rule)) : undefined} />)}</ul>
        </>
      )}
    </Dialog>
  );
}
