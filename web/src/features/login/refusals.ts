import { ApiError } from '../../api/client';

const unknown = 'Signing in failed for a reason that is not known. Try again.';

export function passwordRefusal(error: unknown): string {
  if (!(error instanceof ApiError)) return unknown;
  return error.status === 401 ? 'This user and password do not go together.' : error.message;
}

export function codeRefusal(error: unknown, recovery: boolean): string {
  if (!(error instanceof ApiError)) return unknown;
  if (error.status !== 401) return error.message;
  return recovery ? 'This recovery code does not count. Each of them counts once.' : 'This code does not count. Wait for the next one, and look at the clock of the device that shows it.';
}

const providerReasons: Record<string, string> = {
  'no-role': 'You are known to the identity provider, but in no group that may see Davylamp. Ask an admin.',
  'signed-out': 'Signing in was not begun in this browser, or too long ago. Begin again.',
  'name-taken': 'There is an account of your name already, which signs in another way. Ask an admin.',
  'sign-on-refused': 'The identity provider did not let you in.',
  'directory-unreachable': 'The identity provider cannot be asked now. Try again in a moment.',
};

export interface Notice {
  text: string;
  good?: boolean;
}

/** Why nobody is signed in: the provider, or the page itself, says it behind the # of the address. */
export function noticeOf(hash: string): Notice | undefined {
  const reason = /^#signed-out=(.*)$/.exec(hash)?.[1];
  if (reason === undefined) return undefined;
  if (reason === 'password-changed') return { text: 'Your password is changed. Sign in with the new one.', good: true };
  return { text: providerText(reason) };
}

function providerText(reason: string): string {
  return providerReasons[reason] ?? 'Signing in with the identity provider did not work. Try again, or ask an admin to look at the log of Davylamp.';
}
