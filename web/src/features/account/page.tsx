import { useMe } from '../../api/queries';
import { origins, roleName, roles } from '../../lib/roles';
import { Names } from '../../ui/text';
import '../../styles/settings.css';
import { PasswordSection } from './password-section';
import { SecondFactorSection } from './second-factor-section';
import { TokensSection } from './tokens-section';

/** Who is signed in, with what, and what may act in their name. */
export default function AccountPage() {
  const me = useMe().data;
  if (!me) return null;
  return (
    <div className="set-page">
      <div className="page-bar desk-only-bar"><h1>Your account</h1></div>
      <div className="set-scroll parts" tabIndex={0} role="group" aria-label="Your account">
        <section className="part part-wide card account-who" aria-label="Who you are">
          <dl className="who">
            <div><dt>Account</dt><dd><Names of={[me.account]} className="w5" /></dd></div>
            <div><dt>Role</dt><dd>{roleName(me.role)} <span className="t3">{roles.find(({ role }) => role === me.role)?.says}</span></dd></div>
            <div><dt>Signs in with</dt><dd>{origins[me.origin].name}</dd></div>
            <div><dt>Sees</dt><dd>{me.scope.length ? <Names of={me.scope} className="w5" /> : 'every server'}</dd></div>
          </dl>
        </section>
        <PasswordSection me={me} />
        <SecondFactorSection me={me} />
        <TokensSection me={me} />
      </div>
    </div>
  );
}
