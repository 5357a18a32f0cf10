import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '../../api/types.gen';
import { Button } from '../../ui/controls';
import { Shape } from '../../ui/shape';
import { EnrolDialog } from './enrol-dialog';
import { RemoveFactorDialog } from './remove-factor-dialog';

/** A code of six digits besides the password: on, off, begun anew. */
export function SecondFactorSection({ me }: { me: Me }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<'enrol' | 'remove'>();
  const close = () => {
    setOpen(undefined);
    void client.invalidateQueries({ queryKey: ['me'] });
  };
  return (
    <section className="part card" aria-label="Second factor">
      <h2>Second factor</h2>
      {me.origin === 'oidc' ? (
        <p className="t2">The identity provider asks for one of its own, if it is set up there.</p>
      ) : (
        <>
          <p className="part-state"><span className={`st st-${me.second_factor ? 'ok' : 'off'}`}><Shape kind={me.second_factor ? 'ok' : 'off'} size={10} />{me.second_factor ? 'On' : 'Off'}</span></p>
          <p className="t2">{me.second_factor ? 'Signing in asks for a code of your device besides the password.' : 'With it, who has learned your password still cannot sign in: a code of your device is asked for as well. Any authenticator program will do.'}</p>
          <div className="part-foot">
            {me.second_factor ? <Button onClick={() => setOpen('remove')}>Remove it</Button> : <Button data-testid="factor-begin" onClick={() => setOpen('enrol')}>Set it up</Button>}
          </div>
        </>
      )}
      {open === 'enrol' && <EnrolDialog account={me.account} onClose={close} />}
      {open === 'remove' && <RemoveFactorDialog onClose={close} />}
    </section>
  );
}
