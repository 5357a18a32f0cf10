import { useState } from 'react';
import { cx, visible } from '../lib/text';
import type { FieldIds } from './field';

interface ComboboxProps {
  ids: FieldIds;
  value: string;
  onChange: (value: string) => void;
  /** What can be chosen; any other text may be typed too. */
  options: readonly string[];
  placeholder?: string;
}

const mostShown = 40;

/** Those that begin with what is typed first, then those that contain it. Words may be separated by anything. */
export function findOptions(options: readonly string[], typed: string): string[] {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_/-]+/g, ' ').trim();
  const needle = plain(typed);
  if (!needle) return options.slice(0, mostShown);
  const found = options.filter((option) => plain(option).includes(needle));
  const begins = (option: string) => (plain(option).split(' ').some((word) => word.startsWith(needle)) || plain(option).startsWith(needle) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b)).slice(0, mostShown);
}

/** A text with suggestions. Arrows walk them, Enter takes one, Escape closes them. */
export function Combobox({ ids, value, onChange, options, placeholder }: ComboboxProps) {
  const [open, setOpen] = useState(false);
  const [current, setCurrent] = useState(-1);
  const found = open ? findOptions(options, options.includes(value) ? '' : value) : [];
  const list = `${ids.id}-list`;
  const choose = (option: string | undefined) => {
    if (option !== undefined) onChange(option);
    setOpen(false);
    setCurrent(-1);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (open) setCurrent(Math.max(0, Math.min(found.length - 1, current + step)));
      else setOpen(true);
    } else if (event.key === 'Enter' && open && current >= 0) choose(found[current]);
    else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    } else return;
    event.preventDefault();
  };
  return (
    <div className="combo" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <input
        {...ids} className="input" type="text" value={value} placeholder={placeholder} autoComplete="off" spellCheck={false}
        role="combobox" aria-expanded={found.length > 0} aria-autocomplete="list" {...(found.length > 0 ? { 'aria-controls': list } : {})}
        aria-activedescendant={found.length > 0 && current >= 0 ? `${list}-${current}` : undefined}
        onFocus={(event) => event.target.select()} onClick={() => setOpen(true)} onKeyDown={onKeyDown}
        onChange={(event) => (onChange(event.target.value), setOpen(true), setCurrent(-1))}
      />
      {found.length > 0 && (
        <div id={list} className="combo-list" role="listbox" aria-label="Suggestions">
          {found.map((option, index) => (
            <div
              key={option} id={`${list}-${index}`} role="option" aria-selected={index === current} className={cx('combo-item', index === current && 'combo-on')}
              onPointerDown={(event) => (event.preventDefault(), choose(option))} onPointerMove={() => setCurrent(index)}
            >
              <bdi>{visible(option)}</bdi>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
